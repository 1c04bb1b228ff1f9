/* demo.c: a program that is worth a picture: three threads, each with its own kind of work.
 *
 *   demo     writes a text of made-up words, counts them in a hash table, sorts, prints a report
 *   solver   places queens on a board by recursion
 *   painter  computes a fractal, row by row
 *
 * It does nothing useful. Its functions have plain names and call each other over several levels,
 * so that demo.data shows nesting, recursion, phases and threads. */
#include "runtime.h"

enum { WORDS = 300000, SLOTS = 1 << 14, WORD_SIZE = 12, BOARD = 10, SIDE = 300, ROUNDS = 24 };

struct word {
    char text[WORD_SIZE];
    uint32_t count;
};

struct table {
    struct word *slots;
    uint32_t used;
};

static volatile uint32_t sink; /* results end here, so that no work is optimised away */

FRAME uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

FRAME void make_word(char *text, uint32_t *state)
{
    static const char syllables[16][3] = { "ba", "do", "fi", "gu", "ka", "lo", "mi", "nu",
                                           "pe", "ra", "so", "ti", "va", "we", "xo", "zu" };
    uint32_t bits = next_random(state);
    uint32_t count = 2 + (bits >> 31);
    for (uint32_t i = 0; i < count; i++, bits >>= 4) {
        *text++ = syllables[bits & 15][0];
        *text++ = syllables[bits & 15][1];
    }
    *text = 0;
}

FRAME char *write_text(uint32_t *state)
{
    char *text = allocate(WORDS * WORD_SIZE);
    for (size_t i = 0; i < WORDS; i++)
        make_word(text + i * WORD_SIZE, state);
    return text;
}

FRAME uint32_t hash_word(const char *text)
{
    uint32_t h = 2166136261u;
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * 16777619u;
    return h ^ h >> 15;
}

FRAME int compare_words(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a - *b;
}

FRAME struct word *find_slot(struct table *table, const char *text)
{
    uint32_t at = hash_word(text) & (SLOTS - 1);
    while (table->slots[at].count && compare_words(table->slots[at].text, text) != 0)
        at = (at + 1) & (SLOTS - 1);
    return &table->slots[at];
}

FRAME void count_words(struct table *table, const char *text)
{
    for (size_t i = 0; i < WORDS && table->used < SLOTS / 2; i++, text += WORD_SIZE) {
        struct word *slot = find_slot(table, text);
        if (slot->count++ == 0) {
            memcpy(slot->text, text, WORD_SIZE);
            table->used++;
        }
    }
}

FRAME int compare_counts(const struct word *a, const struct word *b)
{
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return compare_words(a->text, b->text);
}

FRAME void merge(struct word *words, struct word *room, size_t half, size_t count)
{
    size_t a = 0, b = half;
    for (size_t i = 0; i < count; i++) {
        bool first = b == count || (a < half && compare_counts(&words[a], &words[b]) <= 0);
        room[i] = words[first ? a++ : b++];
    }
    memcpy(words, room, count * sizeof *words);
}

FRAME void merge_sort(struct word *words, struct word *room, size_t count)
{
    if (count < 2)
        return;
    merge_sort(words, room, count / 2);
    merge_sort(words + count / 2, room, count - count / 2);
    merge(words, room, count / 2, count);
}

FRAME size_t format_number(char *out, uint32_t value)
{
    size_t size = value < 10 ? 0 : format_number(out, value / 10);
    out[size] = (char)('0' + value % 10);
    return size + 1;
}

FRAME size_t format_line(char *out, const struct word *word)
{
    size_t size = 0;
    while (word->text[size]) {
        out[size] = word->text[size];
        size++;
    }
    while (size < WORD_SIZE)
        out[size++] = ' ';
    size += format_number(out + size, word->count);
    out[size++] = '\n';
    return size;
}

FRAME void write_report(const struct word *words, size_t count)
{
    char line[64];
    for (size_t i = 0; i < count; i++) {
        size_t size = format_line(line, &words[i]);
        if (i < 3)
            print(line, size);
        sink += hash_word(words[i].text) + (uint32_t)size;
    }
}

FRAME void count_and_report(uint32_t seed)
{
    struct table table = { allocate(SLOTS * sizeof *table.slots), 0 };
    struct word *room = allocate(SLOTS * sizeof *room);
    count_words(&table, write_text(&seed));
    merge_sort(table.slots, room, SLOTS);
    write_report(table.slots, table.used);
}

FRAME bool is_safe(const int *columns, int row, int column)
{
    for (int i = 0; i < row; i++) {
        int apart = columns[i] - column;
        if (apart == 0 || apart == row - i || apart == i - row)
            return false;
    }
    return true;
}

FRAME uint32_t place_queen(int *columns, int row)
{
    uint32_t found = row == BOARD;
    for (int column = 0; column < BOARD && row < BOARD; column++)
        if (is_safe(columns, row, column)) {
            columns[row] = column;
            found += place_queen(columns, row + 1);
        }
    return found;
}

FRAME void solve_queens(void)
{
    int columns[BOARD];
    for (int i = 0; i < ROUNDS; i++)
        sink += place_queen(columns, 0);
}

FRAME uint32_t paint_point(double x, double y)
{
    double a = 0, b = 0;
    uint32_t steps = 0;
    while (steps < 60 && a * a + b * b < 4) {
        double next = a * a - b * b + x;
        b = 2 * a * b + y;
        a = next;
        steps++;
    }
    return steps;
}

FRAME uint32_t mix_colour(uint32_t steps)
{
    uint32_t colour = 0;
    for (uint32_t i = 0; i < 8; i++)
        colour = colour * 31 + (steps ^ i) % 255;
    return colour;
}

FRAME void paint_row(uint32_t *row, int y)
{
    for (int x = 0; x < SIDE; x++)
        row[x] = mix_colour(paint_point(x * 3.0 / SIDE - 2, y * 2.4 / SIDE - 1.2));
}

FRAME void paint_picture(void)
{
    uint32_t *picture = allocate(SIDE * SIDE * sizeof *picture);
    for (int i = 0; i < 2 * ROUNDS; i++)
        for (int y = 0; y < SIDE; y++)
            paint_row(picture + (size_t)y * SIDE, y);
    sink += picture[SIDE / 2];
}

int main(void)
{
    static struct thread solver, painter;
    thread_start(&solver, "solver", solve_queens);
    thread_start(&painter, "painter", paint_picture);
    for (uint32_t i = 1; i <= ROUNDS; i++)
        count_and_report(i * 2463534242u);
    thread_join(&solver);
    thread_join(&painter);
    return 0;
}
