#include "menus.h"

#if defined(__clang__)
#pragma clang fp contract(off)
#else
#pragma STDC FP_CONTRACT OFF
#endif

void tangram_price_menus_baseline(tangram_menus m, size_t job_begin, size_t job_end) {
    for (size_t j = job_begin; j < job_end; j++) {
        tangram_best best = {0.0, -1};
        best = tangram_best_scalar(&m, m.offset[j], m.offset[j + 1], best);
        m.best[j] = best.option;
        m.best_score[j] = best.score;
    }
}

// Kept apart from the code above on purpose: it shares nothing with what it checks.
void tangram_price_menus_reference(
    const double *value,
    const int32_t *resource_0, const int32_t *resource_1,
    const int32_t *resource_2, const int32_t *resource_3,
    const double *amount_0, const double *amount_1,
    const double *amount_2, const double *amount_3,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score
) {
    const int32_t *resource[] = {resource_0, resource_1, resource_2, resource_3};
    const double *amount[] = {amount_0, amount_1, amount_2, amount_3};
    for (size_t j = job_begin; j < job_end; j++) {
        best[j] = -1;
        best_score[j] = 0.0;
        for (uint32_t o = offset[j]; o < offset[j + 1]; o++) {
            double cost = 0.0;
            for (int k = 0; k < TANGRAM_RESOURCE_SLOTS; k++) {
                int32_t r = resource[k][o];
                double used = r < 0 || (uint32_t)r >= resource_count ? 0.0 : price[r];
                double term = used * amount[k][o];
                cost = k == 0 ? term : cost + term;
            }
            double score = value[o] - cost;
            if (score > best_score[j]) {
                best_score[j] = score;
                best[j] = (int32_t)o;
            }
        }
    }
}
