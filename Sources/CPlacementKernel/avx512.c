#if defined(__x86_64__)
#include "menus.h"
#include <immintrin.h>

#define TANGRAM_TARGET __attribute__((target("avx512f")))
#define TANGRAM_LANES 8
#define TANGRAM_MASK_TYPE __mmask8
#define TANGRAM_MASK(count) ((__mmask8)((1u << (count)) - 1u))
#define TANGRAM_LOAD_PART(pointer, mask) _mm512_maskz_loadu_pd(mask, pointer)

TANGRAM_TARGET
static inline __m256i slots(__m256i number, uint32_t count) {
    return _mm256_min_epu32(number, _mm256_set1_epi32((int32_t)count));
}

// A masked load of 8 numbers needs no more than AVX-512 F at 16 lanes.
TANGRAM_TARGET
static inline __m256i numbers_part(const int32_t *resource, __mmask8 mask) {
    return _mm512_castsi512_si256(_mm512_maskz_loadu_epi32((__mmask16)mask, resource));
}

TANGRAM_TARGET
static inline __m256i numbers(const int32_t *resource) {
    return _mm256_loadu_si256((const __m256i *)resource);
}

// Entries [start, start + 8) of `price`, 0 behind its end at `size`.
TANGRAM_TARGET
static inline __m512d table(const double *price, uint32_t start, uint32_t size) {
    uint32_t count = size > start ? size - start : 0;
    __mmask8 mask = count >= 8 ? 0xFF : TANGRAM_MASK(count);
    return _mm512_maskz_loadu_pd(mask, price + (count == 0 ? 0 : start));
}

// Up to 16 prices stay in two registers: one permutation in place of eight loads.
TANGRAM_TARGET
static inline __m512d prices_16(__m512d low, __m512d high, __m256i number, uint32_t count) {
    return _mm512_permutex2var_pd(low, _mm512_cvtepu32_epi64(slots(number, count)), high);
}
#define TANGRAM_NAME price_menus_avx512_16
#define TANGRAM_PREPARE \
    const __m512d t0 = table(m.price, 0, m.resource_count + 1); \
    const __m512d t1 = table(m.price, 8, m.resource_count + 1);
#define TANGRAM_PRICES(resource) prices_16(t0, t1, numbers(resource), m.resource_count)
#define TANGRAM_PRICES_PART(resource, mask) \
    prices_16(t0, t1, numbers_part(resource, mask), m.resource_count)
static tangram_menus_function price_menus_avx512_16;
#include "price_menus_body.h"

// Up to 32 prices in four registers: two permutations and a choice by bit 4 of the number.
TANGRAM_TARGET
static inline __m512d prices_32(
    __m512d t0, __m512d t1, __m512d t2, __m512d t3, __m256i number, uint32_t count
) {
    __m512i slot = _mm512_cvtepu32_epi64(slots(number, count));
    __mmask8 upper = _mm512_test_epi64_mask(slot, _mm512_set1_epi64(16));
    return _mm512_mask_blend_pd(
        upper, _mm512_permutex2var_pd(t0, slot, t1), _mm512_permutex2var_pd(t2, slot, t3));
}
#define TANGRAM_NAME price_menus_avx512_32
#define TANGRAM_PREPARE \
    const __m512d t0 = table(m.price, 0, m.resource_count + 1); \
    const __m512d t1 = table(m.price, 8, m.resource_count + 1); \
    const __m512d t2 = table(m.price, 16, m.resource_count + 1); \
    const __m512d t3 = table(m.price, 24, m.resource_count + 1);
#define TANGRAM_PRICES(resource) \
    prices_32(t0, t1, t2, t3, numbers(resource), m.resource_count)
#define TANGRAM_PRICES_PART(resource, mask) \
    prices_32(t0, t1, t2, t3, numbers_part(resource, mask), m.resource_count)
static tangram_menus_function price_menus_avx512_32;
#include "price_menus_body.h"

void tangram_price_menus_avx512(tangram_menus m, size_t job_begin, size_t job_end) {
    if (m.resource_count < 16) {
        price_menus_avx512_16(m, job_begin, job_end);
    } else if (m.resource_count < 32) {
        price_menus_avx512_32(m, job_begin, job_end);
    } else {
        // More prices come from memory, one load each, and wider vectors win nothing.
        tangram_price_menus_avx2(m, job_begin, job_end);
    }
}
#endif
