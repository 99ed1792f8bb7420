// Float structs by value and branches: spheres, shadows and reflections.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct vector { double x, y, z; };
struct sphere { struct vector centre; double radius, mirror; struct vector colour; };
enum { SPHERES = 9 };
static struct sphere spheres[SPHERES];

static struct vector add(struct vector a, struct vector b) { return (struct vector){a.x + b.x, a.y + b.y, a.z + b.z}; }
static struct vector sub(struct vector a, struct vector b) { return (struct vector){a.x - b.x, a.y - b.y, a.z - b.z}; }
static struct vector scale(struct vector a, double k) { return (struct vector){a.x * k, a.y * k, a.z * k}; }
static double dot(struct vector a, struct vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static struct vector unit(struct vector a) { return scale(a, 1 / sqrt(dot(a, a))); }

static double hit(const struct sphere *s, struct vector from, struct vector along) {
    struct vector to = sub(s->centre, from);
    double b = dot(to, along), d = b * b - dot(to, to) + s->radius * s->radius;
    if (d < 0) return 0;
    double root = sqrt(d), t = b - root;
    if (t > 1e-4) return t;
    t = b + root;
    return t > 1e-4 ? t : 0;
}

static const struct sphere *nearest(struct vector from, struct vector along, double *distance) {
    const struct sphere *best = 0;
    for (int i = 0; i < SPHERES; i++) {
        double t = hit(&spheres[i], from, along);
        if (t > 0 && (!best || t < *distance)) best = &spheres[i], *distance = t;
    }
    return best;
}

static struct vector trace(struct vector from, struct vector along, int depth) {
    static const struct vector light = {0.57735, 0.57735, -0.57735};
    double distance = 0;
    const struct sphere *s = nearest(from, along, &distance);
    if (!s) return (struct vector){0.2, 0.3 + 0.3 * along.y, 0.6};
    struct vector point = add(from, scale(along, distance)), normal = unit(sub(point, s->centre));
    double shade = dot(normal, light), ignored;
    if (shade < 0 || nearest(point, light, &ignored)) shade = 0;
    struct vector colour = scale(s->colour, 0.15 + 0.85 * shade);
    if (depth && s->mirror > 0) {
        struct vector reflected = trace(point, sub(along, scale(normal, 2 * dot(along, normal))), depth - 1);
        colour = add(scale(colour, 1 - s->mirror), scale(reflected, s->mirror));
    }
    return colour;
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 2500;
    for (int i = 0; i < SPHERES; i++)
        spheres[i] = (struct sphere){{i % 3 * 2.0 - 2, i / 3 * 2.0 - 2, 6 + i % 2}, 0.9, i % 2 * 0.5, {0.2 + i * 0.08, 0.9 - i * 0.07, 0.5}};
    uint32_t sum = 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            struct vector c = trace((struct vector){0, 0, -4}, unit((struct vector){(x - n / 2) / (double)n, (n / 2 - y) / (double)n, 1.2}), 3);
            sum = sum * 31 + (int)(c.x * 64) + ((int)(c.y * 64) << 8) + ((int)(c.z * 64) << 16);
        }
    printf("%u\n", sum);
}
