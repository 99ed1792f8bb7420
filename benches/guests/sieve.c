// Byte stores with a stride: sieve of Eratosthenes, repeated.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 4 << 20 };
static unsigned char composite[LIMIT];

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 50;
    unsigned primes = 0;
    for (int round = 0; round < rounds; round++) {
        memset(composite, 0, LIMIT);
        primes = 0;
        for (unsigned i = 2; i < LIMIT; i++) {
            if (composite[i]) continue;
            primes++;
            for (unsigned j = i * 2; j < LIMIT; j += i) composite[j] = 1;
        }
    }
    printf("%u primes\n", primes);
}
