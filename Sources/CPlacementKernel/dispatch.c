#include "menus.h"

void tangram_price_menus(
    tangram_simd_level level,
    const double *value,
    const int32_t *const *resource, const double *const *amount, uint32_t slot_count,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score
) {
    tangram_menus m = {
        .value = value, .offset = offset, .price = price, .resource_count = resource_count,
        .best = best, .best_score = best_score,
    };
    m.slot_count = slot_count < TANGRAM_RESOURCE_SLOTS ? slot_count : TANGRAM_RESOURCE_SLOTS;
    for (uint32_t slot = 0; slot < m.slot_count; slot++) {
        m.resource[slot] = resource[slot];
        m.amount[slot] = amount[slot];
    }
    switch (level) {
#if defined(__x86_64__)
    case TANGRAM_SIMD_AVX512:
        tangram_price_menus_avx512(m, job_begin, job_end);
        return;
    case TANGRAM_SIMD_AVX2:
        tangram_price_menus_avx2(m, job_begin, job_end);
        return;
#elif defined(__aarch64__)
    case TANGRAM_SIMD_NEON:
        tangram_price_menus_neon(m, job_begin, job_end);
        return;
#endif
    default:
        tangram_price_menus_baseline(m, job_begin, job_end);
        return;
    }
}
