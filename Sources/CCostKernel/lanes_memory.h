// Lanes from and to arrays. Included after lanes_vector.h.
#include <string.h>

// Numbers [at, at + LANES); behind the last one come ones.
TANGRAM_INLINE I lanes_at(const int32_t *from, size_t at, size_t count) {
    I lanes;
    if (count - at >= TANGRAM_LANES) {
        memcpy(&lanes, from + at, sizeof lanes);
    } else {
        for (int i = 0; i < TANGRAM_LANES; i++) {
            lanes[i] = at + (size_t)i < count ? from[at + (size_t)i] : 1;
        }
    }
    return lanes;
}

TANGRAM_INLINE R real_lanes_at(const float *from, size_t at, size_t count) {
    R lanes;
    if (count - at >= TANGRAM_LANES) {
        memcpy(&lanes, from + at, sizeof lanes);
    } else {
        for (int i = 0; i < TANGRAM_LANES; i++) {
            lanes[i] = at + (size_t)i < count ? from[at + (size_t)i] : 1;
        }
    }
    return lanes;
}

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
