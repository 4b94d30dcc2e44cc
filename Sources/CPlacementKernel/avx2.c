#if defined(__x86_64__)
#include "menus.h"
#include <immintrin.h>

#define TANGRAM_NAME tangram_price_menus_avx2
#define TANGRAM_TARGET __attribute__((target("avx2")))
#define TANGRAM_LANES 4

// Four loads, not vgatherdpd: a gather was up to 15 % slower on Zen 4 (2026-11, menus of 5 to 64),
// and Intel's microcode against Gather Data Sampling slows it further.
TANGRAM_TARGET
static inline __m256d prices(const double *price, const int32_t *resource, uint32_t count) {
    return _mm256_set_pd(
        price[tangram_slot(resource[3], count)], price[tangram_slot(resource[2], count)],
        price[tangram_slot(resource[1], count)], price[tangram_slot(resource[0], count)]);
}
#define TANGRAM_PREPARE
#define TANGRAM_PRICES(resource) prices(m.price, resource, m.resource_count)

#include "price_menus_body.h"
#endif
