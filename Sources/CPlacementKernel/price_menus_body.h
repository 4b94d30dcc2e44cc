// The vector body, included once per variant by a file that defines
//   TANGRAM_NAME        the function's name
//   TANGRAM_TARGET      its target attribute
//   TANGRAM_LANES       doubles per vector
//   TANGRAM_PREPARE     statements run once per call, such as loading a table of prices
//   TANGRAM_PRICES(resource)      the prices of TANGRAM_LANES resource numbers
// and, where the instruction set has masks,
//   TANGRAM_MASK(count)           a mask of the first `count` lanes
//   TANGRAM_PRICES_PART(resource, mask), TANGRAM_LOAD_PART(pointer, mask)
//                                 the same loads where lanes outside of the mask read nothing and
//                                 amounts and values there are 0, so that their score is 0
//
// Lane i keeps the best of options begin + i, begin + i + LANES, …; a strictly greater score wins,
// so each lane holds its earliest maximum. The lanes are then joined without branches: the largest
// score, the lowest option among equals. Without masks the rest of the menu runs in scalar code.

typedef double tangram_vd __attribute__((vector_size(TANGRAM_LANES * 8)));
typedef double tangram_vd_unaligned __attribute__((vector_size(TANGRAM_LANES * 8), aligned(8)));
typedef int64_t tangram_vi __attribute__((vector_size(TANGRAM_LANES * 8)));

#undef TANGRAM_LOAD
#undef TANGRAM_SELECT
#undef TANGRAM_STEP
#undef TANGRAM_JOIN
#define TANGRAM_LOAD(pointer) (*(const tangram_vd_unaligned *)(pointer))
#define TANGRAM_SELECT(mask, yes, no) \
    (((tangram_vi)(yes) & (mask)) | ((tangram_vi)(no) & ~(mask)))

// Scores TANGRAM_LANES options from `o` on; PRICES and LOAD take a pointer.
#define TANGRAM_STEP(PRICES, LOAD) \
    do { \
        tangram_vd cost = {0.0}; \
        for (uint32_t slot = 0; slot < m.slot_count; slot++) { \
            tangram_vd term = (tangram_vd)PRICES(m.resource[slot] + o) * LOAD(m.amount[slot] + o); \
            cost = cost + term; \
        } \
        tangram_vd score = LOAD(m.value + o) - cost; \
        tangram_vi better = (tangram_vi)(score > lane_score); \
        lane_score = (tangram_vd)TANGRAM_SELECT(better, score, lane_score); \
        lane_option = TANGRAM_SELECT(better, option, lane_option); \
        option = option + TANGRAM_LANES; \
    } while (0)

// Joins each lane with the lane that the shuffle names. A score of 0 has option -1 in both.
#define TANGRAM_JOIN(...) \
    do { \
        tangram_vd score = __builtin_shufflevector(lane_score, lane_score, __VA_ARGS__); \
        tangram_vi other = __builtin_shufflevector(lane_option, lane_option, __VA_ARGS__); \
        tangram_vi better = (tangram_vi)(score > lane_score) \
            | ((tangram_vi)(score == lane_score) & (tangram_vi)(other < lane_option)); \
        lane_score = (tangram_vd)TANGRAM_SELECT(better, score, lane_score); \
        lane_option = TANGRAM_SELECT(better, other, lane_option); \
    } while (0)

TANGRAM_TARGET
void TANGRAM_NAME(tangram_menus m, size_t job_begin, size_t job_end) {
#if defined(__clang__)
#pragma clang fp contract(off)
#endif
    TANGRAM_PREPARE
    tangram_vi iota;
    for (int lane = 0; lane < TANGRAM_LANES; lane++) { iota[lane] = lane; }
    for (size_t j = job_begin; j < job_end; j++) {
        uint32_t o = m.offset[j];
        const uint32_t end = m.offset[j + 1];
        tangram_best best = {0.0, -1};
        // Joining the lanes costs more than a menu shorter than one vector.
        if (end - o >= TANGRAM_LANES) {
            tangram_vd lane_score = {0.0};
            tangram_vi lane_option = iota - iota - 1;
            tangram_vi option = iota + (int64_t)o;
            for (; end - o >= TANGRAM_LANES; o += TANGRAM_LANES) {
                TANGRAM_STEP(TANGRAM_PRICES, TANGRAM_LOAD);
            }
#if defined(TANGRAM_MASK)
            if (o < end) {
                const TANGRAM_MASK_TYPE mask = TANGRAM_MASK(end - o);
#define TANGRAM_MASKED_PRICES(pointer) TANGRAM_PRICES_PART(pointer, mask)
#define TANGRAM_MASKED_LOAD(pointer) ((tangram_vd)TANGRAM_LOAD_PART(pointer, mask))
                TANGRAM_STEP(TANGRAM_MASKED_PRICES, TANGRAM_MASKED_LOAD);
#undef TANGRAM_MASKED_PRICES
#undef TANGRAM_MASKED_LOAD
                o = end;
            }
#endif
#if TANGRAM_LANES == 8
            TANGRAM_JOIN(4, 5, 6, 7, 0, 1, 2, 3);
            TANGRAM_JOIN(2, 3, 0, 1, 6, 7, 4, 5);
            TANGRAM_JOIN(1, 0, 3, 2, 5, 4, 7, 6);
#elif TANGRAM_LANES == 4
            TANGRAM_JOIN(2, 3, 0, 1);
            TANGRAM_JOIN(1, 0, 3, 2);
#elif TANGRAM_LANES == 2
            TANGRAM_JOIN(1, 0);
#else
#error "TANGRAM_LANES is 2, 4 or 8"
#endif
            best.score = lane_score[0];
            best.option = (int32_t)lane_option[0];
        }
        best = tangram_best_scalar(&m, o, end, best);
        m.best[j] = best.option;
        m.best_score[j] = best.score;
    }
}

#undef TANGRAM_NAME
#undef TANGRAM_PREPARE
#undef TANGRAM_PRICES
#undef TANGRAM_PRICES_PART
