/* The kernel of the slice in C, as it would stand in a compiled wheel: line by line what measure/kernels.py, carrying.py and
 * losses.py do of a loan without service fee on a due date, so that its bits can be held against Numba's. No contraction of
 * multiplication and addition, no reordering: cc -O3 -ffp-contract=off -shared -fPIC slice.c -lm
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { LEVEL, EQUAL_PRINCIPAL, BULLET };

static double least(double a, double b) { return b < a ? b : a; }
static double most(double a, double b) { return b > a ? b : a; }

static void fill_schedule(double principal, double rate, int64_t n, int64_t kind, double instalment, double part,
                          double *balance, double *flow) {
    balance[0] = principal;
    for (int64_t j = 1; j <= n; j++) {
        double before = balance[j - 1], interest = before * rate, cash;
        if (j == n) cash = before + interest;
        else if (kind == LEVEL) cash = least(instalment, before + interest);
        else if (kind == BULLET) cash = interest;
        else cash = least(part, before) + interest;
        double after = before + interest - cash;
        balance[j] = (j == n || cash == before + interest) ? 0.0 : after;
        flow[j] = cash;
    }
}

static int solve_factor(double initial, const double *balance, const double *flow, const double *mortality, int64_t n,
                        double guess, double *found) {
    double low = 0.5, high = 2.0, factor = least(most(guess, low), high);
    for (int step = 0; step < 200; step++) {
        double value = 0.0, slope = 0.0;
        for (int64_t j = n; j > 0; j--) {
            double alive = 1.0 - mortality[j];
            double inner = flow[j] + mortality[j] * balance[j] + alive * value;
            slope = inner + factor * alive * slope;
            value = inner * factor;
        }
        double gap = value - initial;
        if (gap > 0.0) high = factor;
        else if (gap < 0.0) low = factor;
        else { *found = factor; return 0; }
        double following = factor - gap / slope;
        if (!(low < following && following < high)) following = 0.5 * (low + high);
        if (fabs(following - factor) <= 2e-16 * factor || high - low <= 2e-16 * factor) {
            *found = following;
            return !(0.5 < following && following < 2.0 && fabs(gap) <= 1e-9 * initial);
        }
        factor = following;
    }
    return 1;
}

static double worth_after(int64_t k, const double *balance, const double *flow, const double *mortality, int64_t n, double factor) {
    double value = 0.0;
    for (int64_t j = n; j > k; j--) {
        value = flow[j] + mortality[j] * balance[j] + (1.0 - mortality[j]) * value;
        value *= factor;
    }
    return value;
}

static double loss(const double *weights, const double *balance, int64_t n, int64_t due, int64_t horizon, double principal, double factor) {
    int past = due >= n || balance[due] <= 0.0;
    if (past && principal <= 0.0) return 0.0;
    double total = 0.0;
    for (int64_t t = past ? 1 : horizon; t > 0; t--) {
        double owed = past ? principal : balance[due + t - 1] * (principal / balance[due]);
        total = (total + most(weights[t - 1] * owed, 0.0)) * factor;
    }
    return total;
}

/* Rounded half away from zero, as measure/rounding.py does. */
static int64_t minor(double estimate) {
    double whole = trunc(estimate);
    return (int64_t)(whole + trunc(2.0 * (estimate - whole)));
}

/* Amounts 4 x loans: deferred under US GAAP and IFRS, allowances under both, minor units; loans without a rate, counted. */
int64_t slice(int64_t loans, int64_t months, int64_t of_mortality, const double *principal, const double *rate, const int64_t *n,
              const int64_t *kind, const double *instalment, const double *part, const double *initial, const int64_t *segment,
              const int64_t *cell, int64_t cells, const int64_t *k, const double *outstanding, const int64_t *horizon,
              const double *mortality, const double *weights, int64_t *amounts) {
    double balance[512], flow[512];
    int64_t without = 0;
    for (int64_t c = 0; c < loans; c++) {
        fill_schedule(principal[c], rate[c], n[c], kind[c], instalment[c], part[c], balance, flow);
        double factor = 1.0 / (1.0 + rate[c]), factors[2];
        int charged = initial[c] != principal[c];
        for (int side = 0; side < 2; side++) {
            const double *curve = mortality + (side ? (segment[c] + 1) * of_mortality : 0);
            if (solve_factor(initial[c], balance, flow, curve, n[c], factor, &factor)) { without++; break; }
            factors[side] = factor;
            double deferred = 0.0;
            if (charged && k[c] < n[c] && balance[k[c]] > 0.0) {
                double worth = worth_after(k[c], balance, flow, curve, n[c], factor);
                deferred = (worth - balance[k[c]]) * (outstanding[c] / balance[k[c]]);
            }
            amounts[side * loans + c] = minor(deferred);
            amounts[(2 + side) * loans + c] = minor(loss(weights + (cell[c] + side * cells) * months, balance, n[c], k[c],
                                                         horizon[side * loans + c], outstanding[c], side ? factor : 1.0));
        }
    }
    return without;
}
