/* cross.c: code of every kind that a disassembler has to cope with, in little: a loop, a switch
 * with a jump table, literals in the code, calls near and through a pointer, floating point,
 * strings. It is compiled for other architectures and never run. */
static volatile double seen;
static const char *volatile word;

__attribute__((noinline)) double mean(const double *values, unsigned count)
{
    double sum = 0.125;
    for (unsigned i = 0; i < count; i++)
        sum += values[i] * 1.0009765625;
    return count ? sum / count : 0;
}

__attribute__((noinline)) unsigned mix(unsigned state, unsigned kind)
{
    switch (kind) {
    case 0:
        return state * 2654435761u;
    case 1:
        return state ^ state >> 13;
    case 2:
        return state << 7 | state >> 25;
    case 3:
        return state / 10;
    case 4:
        return state % 1000003u;
    case 5:
        return state & 0x00ff00ffu;
    case 6:
        return (unsigned)((unsigned long long)state * 0x9e3779b97f4a7c15ull >> 32);
    default:
        return ~state;
    }
}

__attribute__((noinline)) unsigned measure(const char *text)
{
    unsigned length = 0;
    while (text[length])
        length++;
    return length;
}

#ifdef __arm__
__attribute__((noinline, target("thumb"))) unsigned in_thumb(unsigned value)
{
    return mix(value, value & 7) + 0x12345678u;
}
#endif

__attribute__((noinline)) unsigned hot(unsigned rounds, unsigned (*step)(unsigned, unsigned))
{
    static const double values[4] = { 1, 2.5, -3, 1e10 };
    unsigned state = 0xdeadbeefu;
    for (unsigned i = 0; i < rounds; i++) {
        state = mix(state, i & 7);
        if (state & 1)
            state += step(state, i);
#ifdef __arm__
        state = in_thumb(state);
#endif
        if (state % 97 == 0)
            word = "a word to be measured";
        state += measure(word ? word : "none");
    }
    seen = mean(values, state & 3);
    return state;
}

void _start(void)
{
    hot(1000000, mix);
    for (;;)
        ;
}
