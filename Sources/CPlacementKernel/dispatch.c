#include "menus.h"

void tangram_price_menus(
    tangram_simd_level level,
    const double *value,
    const int32_t *resource_0, const int32_t *resource_1,
    const int32_t *resource_2, const int32_t *resource_3,
    const double *amount_0, const double *amount_1,
    const double *amount_2, const double *amount_3,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score
) {
    const tangram_menus m = {
        value,
        {resource_0, resource_1, resource_2, resource_3},
        {amount_0, amount_1, amount_2, amount_3},
        offset, price, resource_count, best, best_score,
    };
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
