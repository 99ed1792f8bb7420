// Regular expressions: Thompson NFA simulation (states in lists) over log-like lines.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Syntax: literals . [a-z] classes, * + ? after one atom, ( | ) groups. Compiled to a program for a Pike machine.
enum op { CHAR, ANY, CLASS, SPLIT, JUMP, MATCH };
struct instruction { enum op op; int x, y; uint8_t set[32]; };
static struct instruction program[256];
static int size;
static const char *pattern;

static void alternative(void);

static int emit(enum op op, int x, int y) {
    program[size] = (struct instruction){op, x, y, {0}};
    return size++;
}

static void insert(int at, enum op op) {
    memmove(program + at + 1, program + at, (size - at) * sizeof *program);
    size++;
    for (int i = at + 1; i < size; i++)
        if (program[i].op == SPLIT || program[i].op == JUMP) {
            if (program[i].x >= at) program[i].x++;
            if (program[i].y >= at) program[i].y++;
        }
    program[at] = (struct instruction){op, 0, 0, {0}};
}

static void atom(void) {
    char c = *pattern++;
    if (c == '(') alternative(), pattern++;
    else if (c == '.') emit(ANY, 0, 0);
    else if (c == '[') {
        int at = emit(CLASS, 0, 0);
        for (; *pattern != ']'; pattern++) {
            int low = (uint8_t)pattern[0], high = low;
            if (pattern[1] == '-') high = (uint8_t)pattern[2], pattern += 2;
            for (int k = low; k <= high; k++) program[at].set[k / 8] |= 1 << k % 8;
        }
        pattern++;
    } else emit(CHAR, c == '\\' ? *pattern++ : c, 0);
}

static void sequence(void) {
    while (*pattern && *pattern != '|' && *pattern != ')') {
        int at = size;
        atom();
        char c = *pattern;
        if (c == '*') insert(at, SPLIT), program[at].x = at + 1, emit(JUMP, at, -1), program[at].y = size;
        else if (c == '+') emit(SPLIT, at, size + 1);
        else if (c == '?') insert(at, SPLIT), program[at].x = at + 1, program[at].y = size;
        else continue;
        pattern++;
    }
}

static void alternative(void) {
    int at = size;
    sequence();
    if (*pattern != '|') return;
    pattern++;
    insert(at, SPLIT);
    program[at].x = at + 1;
    int jump = emit(JUMP, 0, -1);
    program[at].y = size;
    alternative();
    program[jump].x = size;
}

static int mark[256], generation;
struct list { int n, pc[256]; };

static void follow(struct list *l, int pc) {
    if (mark[pc] == generation) return;
    mark[pc] = generation;
    if (program[pc].op == JUMP) follow(l, program[pc].x);
    else if (program[pc].op == SPLIT) follow(l, program[pc].x), follow(l, program[pc].y);
    else l->pc[l->n++] = pc;
}

static int search(const char *s) {
    static struct list a, b;
    struct list *now = &a, *then = &b;
    now->n = 0;
    for (;; s++) {
        generation++;
        for (int i = 0; i < now->n; i++) mark[now->pc[i]] = generation;
        follow(now, 0);
        generation++, then->n = 0;
        for (int i = 0; i < now->n; i++) {
            const struct instruction *p = &program[now->pc[i]];
            uint8_t c = *s;
            switch (p->op) {
            case MATCH: return 1;
            case CHAR: if (c == p->x) follow(then, now->pc[i] + 1); break;
            case ANY: if (c) follow(then, now->pc[i] + 1); break;
            default: if (p->set[c / 8] >> c % 8 & 1) follow(then, now->pc[i] + 1); break;
            }
        }
        if (!*s) return 0;
        struct list *t = now;
        now = then, then = t;
    }
}

int main(int argc, char **argv) {
    int lines = argc > 1 ? atoi(argv[1]) : 120000;
    static const char *patterns[] = {"(GET|POST) /[a-z]+/[0-9]+", "[a-z]+@[a-z]+\\.(com|org)", "err(or)?.*time ?out", "([0-9]+\\.)+[0-9]+ .*(net|org) f"};
    uint32_t seed = 3;
    for (int k = 0; k < 4; k++) {
        int hits = 0;
        size = 0, pattern = patterns[k];
        alternative();
        emit(MATCH, 0, 0);
        for (int i = 0; i < lines; i++) {
            char line[160];
            seed = seed * 1664525 + 1013904223;
            sprintf(line, "10.0.%u.%u %s /%s/%u ua=%s@mail.%s %s", seed >> 24, seed >> 16 & 255, seed & 64 ? "GET" : "PUT",
                    seed & 128 ? "users" : "Files", seed >> 12, seed & 256 ? "bob" : "eve", seed & 512 ? "org" : "net",
                    seed & 1024 ? "error: request timeout" : "fine");
            hits += search(line);
        }
        printf("%s: %d\n", patterns[k], hits);
    }
}
