// Big integers: digits of pi by Machin's formula, long division by small numbers.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 9 * 1200, LIMBS = DIGITS * 4 / 38 + 8 }; // a limb holds 9.63 digits; the first one is the integer part
typedef uint32_t number[LIMBS];

static void divide(number a, uint32_t k, int from) {
    uint64_t rest = 0;
    for (int i = from; i < LIMBS; i++) {
        rest = rest << 32 | a[i];
        a[i] = rest / k, rest %= k;
    }
}

static void add(number a, const number b, int subtract) {
    int64_t carry = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        carry += subtract ? (int64_t)a[i] - b[i] : (int64_t)a[i] + b[i];
        a[i] = (uint32_t)carry, carry >>= 32;
    }
}

// sum += or -= factor * arctan(1 / x)
static void arctangent(number sum, uint32_t factor, uint32_t x, int negative) {
    number power = {factor}, term;
    divide(power, x, 0);
    for (int n = 1, from = 0; from < LIMBS; n += 2, negative ^= 1) {
        memcpy(term, power, sizeof term);
        divide(term, n, from);
        add(sum, term, negative);
        divide(power, x * x, from);
        while (from < LIMBS && !power[from]) from++;
    }
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 4;
    uint32_t check = 0;
    while (rounds--) {
        number pi = {0};
        arctangent(pi, 16, 5, 0), arctangent(pi, 4, 239, 1);
        printf("%u.", pi[0]);
        for (int d = 0; d < DIGITS; d += 9) {
            uint64_t carry = 0;
            pi[0] = 0;
            for (int i = LIMBS - 1; i >= 0; i--) carry += (uint64_t)pi[i] * 1000000000, pi[i] = carry, carry >>= 32;
            check = check * 31 + pi[0];
            if (d < 45) printf("%09u", pi[0]);
        }
        printf(" %u\n", check);
    }
}
