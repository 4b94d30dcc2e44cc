// Multiplies and adds in registers over TANGRAM_LANES lanes, as TANGRAM_PEAK.
#include <stdint.h>

typedef float peak_lanes __attribute__((ext_vector_type(TANGRAM_LANES)));

#pragma clang fp contract(off)

int64_t TANGRAM_PEAK(int64_t rounds, float *sum);
int64_t TANGRAM_PEAK_DIVISIONS(int64_t rounds, float *sum);

int64_t TANGRAM_PEAK(int64_t rounds, float *sum) {
    // As many chains as hide the latency of four cycles on two units, and fit into registers.
    enum { CHAINS = 6 };
    peak_lanes product[CHAINS], total[CHAINS];
    for (int i = 0; i < CHAINS; i++) {
        product[i] = (peak_lanes)(1 + 0.001f * (float)i);
        total[i] = (peak_lanes)(float)i;
    }
    // Not known to the compiler, so that nothing is computed ahead.
    volatile float factor_value = 1.0000001f, step_value = 0.5f;
    const peak_lanes factor = (peak_lanes)factor_value, step = (peak_lanes)step_value;
    for (int64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < CHAINS; i++) {
            product[i] = product[i] * factor;
            total[i] = total[i] + step;
        }
    }
    peak_lanes all = product[0] + total[0];
    for (int i = 1; i < CHAINS; i++) { all = all + product[i] + total[i]; }
    *sum = all[0];
    return rounds * 2 * CHAINS * TANGRAM_LANES;
}

// Divisions that do not wait for each other.
int64_t TANGRAM_PEAK_DIVISIONS(int64_t rounds, float *sum) {
    enum { CHAINS = 12 };
    peak_lanes quotient[CHAINS];
    for (int i = 0; i < CHAINS; i++) { quotient[i] = (peak_lanes)(1 + 0.1f * (float)i); }
    volatile float divisor_value = 1.0000001f;
    const peak_lanes divisor = (peak_lanes)divisor_value;
    for (int64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < CHAINS; i++) { quotient[i] = quotient[i] / divisor; }
    }
    peak_lanes all = quotient[0];
    for (int i = 1; i < CHAINS; i++) { all = all + quotient[i]; }
    *sum = all[0];
    return rounds * CHAINS * TANGRAM_LANES;
}
