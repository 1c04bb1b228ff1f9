/* branches.c: something to branch about. It is never run: branches.awk walks over its code. */
#define APART __attribute__((noinline, noclone))

int sink;

APART int leaf(int n)
{
    return n & 1 ? n * 3 + 1 : n / 2;
}

APART int inner(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        if (i % 3 == 0)
            sum += leaf(i);
        else if (i % 5 == 0)
            sum -= i;
        while (sum > 100)
            sum -= leaf(sum);
    }
    return sum;
}

APART int outer(int n)
{
    int sum = inner(n);
    do {
        sum += leaf(n);
        if (sum & 4)
            sum ^= inner(n - 1);
        sink = sum;
    } while (n-- > 0);
    return sum;
}

int main(int argc, char **argv)
{
    (void)argv;
    for (int i = 0; i < argc * 10; i++)
        sink += outer(i);
    return 0;
}
