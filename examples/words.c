// Counts lines, words and bytes of its input, and shows the most frequent words.
// Reads the files named on the command line, or standard input.
//   clang --target=wasm32-wasi -O2 -Wl,--strip-debug words.c -o words.wasm
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10, LONGEST = 64 };

struct entry { char *word; unsigned count; };
static struct entry *table;
static unsigned capacity, used;

static struct entry *find(const char *word) {
    unsigned hash = 2166136261u;
    for (const char *p = word; *p; p++) hash = (hash ^ (unsigned char)*p) * 16777619u;
    unsigned i = hash & (capacity - 1);
    while (table[i].word && strcmp(table[i].word, word)) i = (i + 1) & (capacity - 1);
    return &table[i];
}

static void grow(void) {
    struct entry *old = table;
    unsigned n = capacity;
    capacity = n ? n * 2 : 1024;
    table = calloc(capacity, sizeof *table);
    if (!table) perror("words"), exit(1);
    for (unsigned i = 0; i < n; i++)
        if (old[i].word) *find(old[i].word) = old[i];
    free(old);
}

static void count(const char *word) {
    if (2 * (used + 1) > capacity) grow();
    struct entry *e = find(word);
    if (!e->word) e->word = strdup(word), used++;
    e->count++;
}

static void read_all(FILE *in, const char *name) {
    unsigned long lines = 0, words = 0, bytes = 0;
    char word[LONGEST + 1];
    unsigned length = 0;
    for (int c; (c = getc(in)) != EOF;) {
        bytes++, lines += c == '\n';
        if (isalnum(c) || c == '\'') {
            if (length < LONGEST) word[length++] = tolower(c);
        } else if (length) {
            word[length] = 0, length = 0, words++;
            count(word);
        }
    }
    if (length) word[length] = 0, words++, count(word);
    printf("%7lu lines %7lu words %8lu bytes  %s\n", lines, words, bytes, name);
}

static int more_frequent(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    if (!x->word || !y->word) return !x->word - !y->word;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->word, y->word);
}

int main(int argc, char **argv) {
    int failed = 0;
    grow();
    if (argc < 2) read_all(stdin, "standard input");
    for (int i = 1; i < argc; i++) {
        FILE *in = fopen(argv[i], "r");
        if (!in) {
            fprintf(stderr, "words: %s: %s\n", argv[i], strerror(errno));
            failed = 1;
            continue;
        }
        read_all(in, argv[i]);
        fclose(in);
    }
    qsort(table, capacity, sizeof *table, more_frequent);
    for (unsigned i = 0; i < SHOWN && i < used; i++) printf("%7u %s\n", table[i].count, table[i].word);
    return failed;
}
