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
    const int32_t *const *resource, const double *const *amount, uint32_t slot_count,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score
) {
    for (size_t j = job_begin; j < job_end; j++) {
        best[j] = -1;
        best_score[j] = 0.0;
        for (uint32_t o = offset[j]; o < offset[j + 1]; o++) {
            double cost = 0.0;
            for (uint32_t k = 0; k < slot_count; k++) {
                int32_t r = resource[k][o];
                double used = r < 0 || (uint32_t)r >= resource_count ? 0.0 : price[r];
                double term = used * amount[k][o];
                cost = cost + term;
            }
            double score = value[o] - cost;
            if (score > best_score[j]) {
                best_score[j] = score;
                best[j] = (int32_t)o;
            }
        }
    }
}
