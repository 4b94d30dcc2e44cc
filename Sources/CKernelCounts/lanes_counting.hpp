// Numbers that remember what they came from. The names of CCostKernel's lanes_scalar.h and
// lanes_common.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

enum class operation {
    constant, input, add, subtract, multiply, divide, root, floor, ceil, log2, convert, minimum,
    maximum, compare, select
};

// Values by what they came from: the same operation on the same operands is one node.
struct graph {
    struct node {
        operation what;
        int a, b, c;
        bool is_double;
        // Whether options differ in it.
        bool varies;
    };
    std::vector<node> nodes;
    std::map<std::tuple<int, int, int, int, int, double>, int> known;

    int put(operation what, bool is_double, int a = -1, int b = -1, int c = -1, double value = 0) {
        auto key = std::make_tuple(int(what) * 2 + is_double, a, b, c, 0, value);
        auto found = known.find(key);
        if (found != known.end()) { return found->second; }
        bool varies = what == operation::input;
        for (int operand : {a, b, c}) {
            if (operand >= 0) { varies = varies || nodes[size_t(operand)].varies; }
        }
        nodes.push_back({what, a, b, c, is_double, varies});
        known.emplace(key, int(nodes.size()) - 1);
        return int(nodes.size()) - 1;
    }
};

extern thread_local graph *current_graph;

template <bool is_double> struct number {
    double value;
    int node;
};

struct mask {
    bool value;
    int node;
    bool is_double;
};

struct whole {
    int32_t value;
    int node;
};

typedef number<false> R;
typedef number<true> D;
typedef whole I;

template <bool d> number<d> constant_of(double value) {
    return {value, current_graph->put(operation::constant, d, -1, -1, -1, value)};
}
template <bool d> number<d> made(double value, operation what, int a, int b = -1, int c = -1) {
    return {value, current_graph->put(what, d, a, b, c)};
}

#define OPERATOR(sign, name)                                                                       \
    template <bool d> number<d> operator sign(number<d> a, number<d> b) {                          \
        return made<d>(a.value sign b.value, operation::name, a.node, b.node);                     \
    }
OPERATOR(+, add)
OPERATOR(-, subtract)
OPERATOR(*, multiply)
OPERATOR(/, divide)
#undef OPERATOR

// Which way around is in the constant.
#define COMPARISON(sign, order)                                                                    \
    template <bool d> mask operator sign(number<d> a, number<d> b) {                               \
        int way = current_graph->put(operation::constant, d, -1, -1, -1, -1000 - order);           \
        return {a.value sign b.value,                                                              \
                current_graph->put(operation::compare, d, a.node, b.node, way), d};                \
    }                                                                                              \
    inline mask operator sign(whole a, int32_t b) {                                                \
        int number = current_graph->put(operation::constant, false, -1, -1, -1, b);                \
        int way = current_graph->put(operation::constant, false, -1, -1, -1, -1000 - order);       \
        return {a.value sign b,                                                                    \
                current_graph->put(operation::compare, false, a.node, number, way), false};        \
    }
COMPARISON(<, 0)
COMPARISON(>, 1)
COMPARISON(<=, 2)
COMPARISON(>=, 3)
COMPARISON(==, 4)
#undef COMPARISON

template <bool d> number<d> select_of(mask m, number<d> yes, number<d> no) {
    if (yes.node == no.node) { return yes; }
    return made<d>(m.value ? yes.value : no.value, operation::select, m.node, yes.node, no.node);
}
#define SELECT(mask, yes, no) select_of(mask, yes, no)

#define TANGRAM_INLINE static inline __attribute__((unused))
#define SPLAT(x) constant_of<false>(x)
#define SPLAT_D(x) constant_of<true>(x)

inline R TO_R(I x) { return made<false>(x.value, operation::convert, x.node); }
inline D TO_D(I x) { return made<true>(x.value, operation::convert, x.node); }
inline R D_TO_R(D x) { return made<false>(x.value, operation::convert, x.node); }

template <bool d> number<d> least(number<d> a, number<d> b) {
    return made<d>(std::fmin(a.value, b.value), operation::minimum, a.node, b.node);
}
template <bool d> number<d> most(number<d> a, number<d> b) {
    return made<d>(std::fmax(a.value, b.value), operation::maximum, a.node, b.node);
}
inline R min_r(R a, R b) { return least(a, b); }
inline R max_r(R a, R b) { return most(a, b); }
inline D min_d(D a, D b) { return least(a, b); }
inline D max_d(D a, D b) { return most(a, b); }
inline R floor_r(R x) { return made<false>(std::floor(x.value), operation::floor, x.node); }
inline D floor_d(D x) { return made<true>(std::floor(x.value), operation::floor, x.node); }
inline R ceil_r(R x) { return made<false>(std::ceil(x.value), operation::ceil, x.node); }
inline D ceil_d(D x) { return made<true>(std::ceil(x.value), operation::ceil, x.node); }
inline R sqrt_r(R x) { return made<false>(std::sqrt(x.value), operation::root, x.node); }
inline R ceil_log2(R x) {
    return made<false>(x.value > 1 ? std::ceil(std::log2(x.value)) : 0, operation::log2, x.node);
}
inline D round_d(D x) { return floor_d(x + SPLAT_D(0.5)); }
inline int any_of(mask m) { return m.value; }
