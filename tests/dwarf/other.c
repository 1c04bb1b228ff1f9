/* other.c: a second unit, without a function that is inlined. */
int other(int v);

int other(int v)
{
    return v * 3;
}
