// C++ exceptions: destructors, base classes, rethrowing, nesting, through many frames and indirect calls.
#include <stdio.h>

struct Error {
    int code;
    explicit Error(int code) : code(code) {}
    virtual ~Error() {}
    virtual const char *name() const { return "Error"; }
};
struct Special : Error {
    double detail;
    Special(int code, double detail) : Error(code), detail(detail) {}
    const char *name() const override { return "Special"; }
};
struct Left { virtual ~Left() {} int left = 1; };
struct Both : Left, Special { Both() : Special(7, 0.5) {} };

static int alive;
struct Guard {
    const char *name;
    bool loud;
    explicit Guard(const char *name, bool loud = true) : name(name), loud(loud) { alive++; }
    ~Guard() { alive--; if (loud) printf("  ~%s\n", name); }
};

__attribute__((noinline)) static void raise(int what) {
    Guard guard("raise");
    switch (what) {
    case 1: throw 42;
    case 2: throw Error(2);
    case 3: throw Special(3, 1.5);
    case 4: throw Both();
    case 5: throw "text";
    }
    puts("  nothing");
}

typedef void (*Function)(int);
static volatile Function indirect = raise;

__attribute__((noinline)) static void deep(int n, int what) {
    Guard guard("deep", n == 0);
    if (n == 0) indirect(what);
    else deep(n - 1, what);
}

static void classify(int what) {
    printf("%d:\n", what);
    try {
        Guard guard("classify");
        try {
            deep(50, what);
        } catch (int value) {
            printf("  int %d\n", value);
            throw;
        } catch (const Left &left) {
            printf("  Left %d\n", left.left);
            throw;
        }
    } catch (const Special &special) {
        printf("  Special %s %d %g\n", special.name(), special.code, special.detail);
    } catch (const Error &error) {
        printf("  Error %s %d\n", error.name(), error.code);
    } catch (...) {
        puts("  something");
    }
}

static int nested() {
    try {
        try {
            throw Error(10);
        } catch (const Error &outer) {
            try {
                throw Special(20, 2);
            } catch (const Error &inner) {
                printf("nested %d in %d\n", inner.code, outer.code);
            }
            throw Error(outer.code + 1);
        }
    } catch (const Error &last) {
        return last.code;
    }
}

__attribute__((noinline)) static int parity(int n) {
    if (n % 2) throw n;
    return n;
}

int main() {
    for (int what = 0; what <= 5; what++) classify(what);
    printf("nested %d\n", nested());
    long thrown = 0, returned = 0;
    for (int n = 0; n < 1000000; n++) {
        try {
            returned += parity(n);
        } catch (int odd) {
            thrown += odd;
        }
    }
    printf("thrown %ld, returned %ld, alive %d\n", thrown & 0xffffff, returned & 0xffffff, alive);
}
