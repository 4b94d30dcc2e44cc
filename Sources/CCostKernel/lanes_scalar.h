// One option at a time, in double. The same names as lanes_vector.h.
#ifndef TANGRAM_LANES_SCALAR_H
#define TANGRAM_LANES_SCALAR_H

#include <stdint.h>
#include <string.h>

#pragma clang fp contract(off)

// R: times. D: bytes and layer counts, exact below 2^53. I: sizes.
typedef double REAL;
typedef double R;
typedef double D;
typedef int32_t I;

#define TANGRAM_INLINE static inline __attribute__((always_inline, unused))

#define TO_R(x) ((R)(x))
#define TO_D(x) ((D)(x))
#define D_TO_R(x) (x)
#define SPLAT(x) ((R)(x))
#define SPLAT_D(x) ((D)(x))

// The largest whole number that is no larger, for x >= 0, by adding and subtracting 2^52: no call
// of libm on processors that cannot round. Larger numbers are whole already.
TANGRAM_INLINE R floor_r(R x) {
    const double shift = 4503599627370496.0;
    double near = (x + shift) - shift;
    near = near > x ? near - 1 : near;
    return x < shift ? near : x;
}
TANGRAM_INLINE D floor_d(D x) { return floor_r(x); }

// ⌈log₂ n⌉ of a whole n >= 1, from the exponent of n − 1.
TANGRAM_INLINE R ceil_log2(R n) {
    double below = n - 1;
    int64_t bits;
    memcpy(&bits, &below, sizeof bits);
    return below > 0 ? (R)((bits >> 52) - 1022) : 0;
}

// Whether a comparison holds in any lane.
TANGRAM_INLINE int any_of(int holds) { return holds != 0; }

TANGRAM_INLINE R sqrt_r(R x) { return __builtin_sqrt(x); }

#endif
