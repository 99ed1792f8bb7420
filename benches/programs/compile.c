// What the compilers compile: macros make many functions of loops, switches and calls.
typedef unsigned u;
#define F(n)                                                                                                                  \
    static u step##n(u a, u b) {                                                                                              \
        u t[16], s = a ^ b * n;                                                                                               \
        for (int i = 0; i < 16; i++) t[i] = (s = s * 1664525u + n) >> (i & 7);                                                \
        for (int i = 1; i < 16; i++)                                                                                          \
            for (int j = i; j > 0 && t[j - 1] > t[j]; j--) { u x = t[j]; t[j] = t[j - 1]; t[j - 1] = x; }                     \
        switch (s % 11) {                                                                                                     \
        case 0: return t[0] + a; case 1: return t[1] - b; case 2: return t[2] * n; case 3: return t[3] ^ a; case 5: return ~b; \
        case 7: return t[a & 15] / (b | 1); case 8: return t[b & 15] % (a | 1); default: return s;                            \
        }                                                                                                                     \
    }
#define T(n) F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7) F(n##8) F(n##9)
T(1) T(2) T(3)
#define C(n) r ^= step##n(r, k);
#define D(n) C(n##0) C(n##1) C(n##2) C(n##3) C(n##4) C(n##5) C(n##6) C(n##7) C(n##8) C(n##9)
u all(u r) {
    for (u k = 0; k < 100; k++) { D(1) D(2) D(3) }
    return r;
}
