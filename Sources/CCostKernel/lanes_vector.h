// TANGRAM_LANES options at a time: times in single, bytes in double precision. Included by a file
// that has set TANGRAM_LANES and its instruction set; the same names as lanes_scalar.h.
#ifndef TANGRAM_LANES_VECTOR_H
#define TANGRAM_LANES_VECTOR_H

#include <stdint.h>

#pragma clang fp contract(off)
// Every function over lanes is inlined: none passes a vector.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float REAL;
typedef float R __attribute__((ext_vector_type(TANGRAM_LANES)));
typedef double D __attribute__((ext_vector_type(TANGRAM_LANES)));
typedef int32_t I __attribute__((ext_vector_type(TANGRAM_LANES)));

#define TANGRAM_INLINE static inline __attribute__((always_inline, unused))

#define TO_R(x) __builtin_convertvector(x, R)
#define TO_D(x) __builtin_convertvector(x, D)
#define D_TO_R(x) __builtin_convertvector(x, R)
#define SPLAT(x) ((R)(float)(x))
#define SPLAT_D(x) ((D)(double)(x))

#if defined(TANGRAM_ROUNDS)
// The processor rounds.
TANGRAM_INLINE R floor_r(R x) { return __builtin_elementwise_floor(x); }
TANGRAM_INLINE D floor_d(D x) { return __builtin_elementwise_floor(x); }
#else
// The largest whole number that is no larger, for x >= 0, by adding and subtracting 2^23; larger
// numbers are whole already.
TANGRAM_INLINE R floor_r(R x) {
    const R shift = SPLAT(8388608.0f);
    R near = (x + shift) - shift;
    near = near > x ? near - SPLAT(1) : near;
    return x < shift ? near : x;
}
TANGRAM_INLINE D floor_d(D x) {
    const D shift = SPLAT_D(4503599627370496.0);
    D near = (x + shift) - shift;
    near = near > x ? near - SPLAT_D(1) : near;
    return x < shift ? near : x;
}
#endif

// ⌈log₂ n⌉ of a whole n >= 1, from the exponent of n − 1; ranks stay below 2^24.
TANGRAM_INLINE R ceil_log2(R n) {
    R below = n - SPLAT(1);
    union {
        R real;
        I bits;
    } u = {.real = below};
    return below > SPLAT(0) ? TO_R((u.bits >> 23) - 126) : SPLAT(0);
}

// Whether a comparison of times or sizes holds in any lane: what no lane needs is left out.
TANGRAM_INLINE int any_of(I mask) { return __builtin_reduce_or(mask) != 0; }

TANGRAM_INLINE R sqrt_r(R x) { return __builtin_elementwise_sqrt(x); }

#endif
