// What both kinds of lanes share. Comparisons select; none of these branches.
#define SELECT(mask, yes, no) ((mask) ? (yes) : (no))

TANGRAM_INLINE R min_r(R a, R b) { return a < b ? a : b; }
TANGRAM_INLINE R max_r(R a, R b) { return a > b ? a : b; }
TANGRAM_INLINE D min_d(D a, D b) { return a < b ? a : b; }
TANGRAM_INLINE D max_d(D a, D b) { return a > b ? a : b; }

#if defined(TANGRAM_ROUNDS)
TANGRAM_INLINE R ceil_r(R x) { return __builtin_elementwise_ceil(x); }
TANGRAM_INLINE D ceil_d(D x) { return __builtin_elementwise_ceil(x); }
#else
TANGRAM_INLINE R ceil_r(R x) {
    R below = floor_r(x);
    return below < x ? below + SPLAT(1) : below;
}
TANGRAM_INLINE D ceil_d(D x) {
    D below = floor_d(x);
    return below < x ? below + SPLAT_D(1) : below;
}
#endif
// Half away from zero, for x >= 0.
TANGRAM_INLINE D round_d(D x) { return floor_d(x + SPLAT_D(0.5)); }
