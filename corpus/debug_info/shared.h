/* shared.h: what both units inline. */
int elsewhere(int x);

struct pair {
    int first, second;
};

static inline __attribute__((always_inline)) int deep(int x)
{
    struct pair p = { x, x + 1 };
    return (p.first << 2) ^ p.second;
}
