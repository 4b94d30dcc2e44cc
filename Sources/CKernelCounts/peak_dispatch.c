#include "include/CKernelCounts.h"

int64_t tangram_peak_baseline(int64_t rounds, float *sum);
int64_t tangram_peak_divisions_baseline(int64_t rounds, float *sum);
#if defined(__x86_64__)
int64_t tangram_peak_avx2(int64_t rounds, float *sum);
int64_t tangram_peak_avx512(int64_t rounds, float *sum);
int64_t tangram_peak_divisions_avx2(int64_t rounds, float *sum);
int64_t tangram_peak_divisions_avx512(int64_t rounds, float *sum);
#endif

int64_t tangram_peak_operations(int32_t lane_count, int64_t rounds, float *sum) {
    switch (lane_count) {
#if defined(__x86_64__)
    case 16:
        return tangram_peak_avx512(rounds, sum);
    case 8:
        return tangram_peak_avx2(rounds, sum);
#endif
    default:
        return tangram_peak_baseline(rounds, sum);
    }
}

int64_t tangram_peak_divisions(int32_t lane_count, int64_t rounds, float *sum) {
    switch (lane_count) {
#if defined(__x86_64__)
    case 16:
        return tangram_peak_divisions_avx512(rounds, sum);
    case 8:
        return tangram_peak_divisions_avx2(rounds, sum);
#endif
    default:
        return tangram_peak_divisions_baseline(rounds, sum);
    }
}
