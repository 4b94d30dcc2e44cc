// Lanes from and to arrays. Included after lanes_vector.h.
#include <string.h>

// Numbers [at, at + LANES); behind the last one come ones.
#define TANGRAM_LANES_AT(name, lanes_type, number)                                                 \
    TANGRAM_INLINE lanes_type name(const number *from, size_t at, size_t count) {                  \
        lanes_type lanes;                                                                          \
        if (count - at >= TANGRAM_LANES) {                                                         \
            memcpy(&lanes, from + at, sizeof lanes);                                               \
        } else {                                                                                   \
            for (int i = 0; i < TANGRAM_LANES; i++) {                                              \
                lanes[i] = at + (size_t)i < count ? from[at + (size_t)i] : 1;                      \
            }                                                                                      \
        }                                                                                          \
        return lanes;                                                                              \
    }

TANGRAM_LANES_AT(lanes_at, I, int32_t)
TANGRAM_LANES_AT(real_lanes_at, R, float)

TANGRAM_INLINE void put_times(float *to, size_t at, size_t count, R value) {
    if (count - at >= TANGRAM_LANES) {
        memcpy(to + at, &value, sizeof value);
    } else {
        for (int i = 0; at + (size_t)i < count; i++) { to[at + (size_t)i] = value[i]; }
    }
}

TANGRAM_INLINE void put_bytes(double *to, size_t at, size_t count, D value) {
    if (count - at >= TANGRAM_LANES) {
        memcpy(to + at, &value, sizeof value);
    } else {
        for (int i = 0; at + (size_t)i < count; i++) { to[at + (size_t)i] = value[i]; }
    }
}
