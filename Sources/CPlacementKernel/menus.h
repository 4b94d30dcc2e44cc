// The arguments of the kernel as one value, and its scalar step. Not public.
#ifndef TANGRAM_MENUS_H
#define TANGRAM_MENUS_H

#include "CPlacementKernel.h"

// a*b + c stays two roundings at every level, so that all levels agree bit for bit.
#if defined(__clang__)
#pragma clang fp contract(off)
#else
#pragma STDC FP_CONTRACT OFF
#endif

// Pointers are restrict because outputs never overlap inputs: without it every store of a result
// would force the prices to be loaded again.
typedef struct {
    const double *restrict value;
    const int32_t *restrict resource[TANGRAM_RESOURCE_SLOTS];
    const double *restrict amount[TANGRAM_RESOURCE_SLOTS];
    uint32_t slot_count;
    const uint32_t *restrict offset;
    const double *restrict price;
    uint32_t resource_count;
    int32_t *restrict best;
    double *restrict best_score;
} tangram_menus;

// Unused (-1) and out-of-range numbers become the last entry of the prices.
static inline uint32_t tangram_slot(int32_t resource, uint32_t resource_count) {
    uint32_t number = (uint32_t)resource;
    return number < resource_count ? number : resource_count;
}

static inline double tangram_score(const tangram_menus *m, uint32_t o) {
    double cost = 0.0;
    for (uint32_t slot = 0; slot < m->slot_count; slot++) {
        double price = m->price[tangram_slot(m->resource[slot][o], m->resource_count)];
        double term = price * m->amount[slot][o];
        cost = cost + term;
    }
    return m->value[o] - cost;
}

// The running best, and how options [begin, end) change it; later options win only if better.
typedef struct {
    double score;
    int32_t option;
} tangram_best;

static inline tangram_best tangram_best_scalar(
    const tangram_menus *m, uint32_t begin, uint32_t end, tangram_best best
) {
    for (uint32_t o = begin; o < end; o++) {
        double score = tangram_score(m, o);
        if (score > best.score) {
            best.score = score;
            best.option = (int32_t)o;
        }
    }
    return best;
}

typedef void tangram_menus_function(tangram_menus m, size_t job_begin, size_t job_end);

tangram_menus_function tangram_price_menus_baseline;
#if defined(__x86_64__)
tangram_menus_function tangram_price_menus_avx2;
tangram_menus_function tangram_price_menus_avx512;
#elif defined(__aarch64__)
tangram_menus_function tangram_price_menus_neon;
#endif

#endif
