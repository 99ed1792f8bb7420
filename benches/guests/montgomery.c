// Number theory on 64x64->128 multiplies: Miller-Rabin over 64-bit odd numbers with Montgomery products.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned __int128 u128;

static uint64_t reduce(u128 t, uint64_t n, uint64_t inverse) {
    uint64_t m = (uint64_t)t * inverse;
    uint64_t high = (u128)m * n >> 64, top = t >> 64;
    return top < high ? top - high + n : top - high;
}

static int prime(uint64_t n) {
    static const uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    uint64_t inverse = n;
    for (int i = 0; i < 5; i++) inverse *= 2 - n * inverse;
    uint64_t one = -n % n, minus = n - one;
    uint64_t square = one; // 2^64 mod n, doubled 64 times: 2^128 mod n
    for (int i = 0; i < 64; i++) square = square >= n - square ? square - (n - square) : square * 2;
    uint64_t d = n - 1;
    int shift = __builtin_ctzll(d);
    d >>= shift;
    for (int b = 0; b < 12; b++) {
        uint64_t base = reduce((u128)(bases[b] % n) * square, n, inverse), x = one;
        for (uint64_t e = d; e; e >>= 1) {
            if (e & 1) x = reduce((u128)x * base, n, inverse);
            base = reduce((u128)base * base, n, inverse);
        }
        if (x == one || x == minus) continue;
        int i = 1;
        for (; i < shift && x != minus; i++) x = reduce((u128)x * x, n, inverse);
        if (x != minus) return 0;
    }
    return 1;
}

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 1500000;
    unsigned primes = 0;
    uint64_t n = 0xfedcba9876543211ull, last = 0;
    for (int i = 0; i < count; i++, n += 2)
        if (prime(n)) primes++, last = n;
    printf("%u primes, last %llu\n", primes, (unsigned long long)last);
}
