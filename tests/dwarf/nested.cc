/* nested.cc: what C++ inlines: templates, members, lambdas, functions of unnamed namespaces and of
 * local classes. Compiled by inline.test.sh in many ways. */
#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace {

volatile long sink;

template <typename T, int N> struct ring {
    T items[N] = {};
    int at = 0;
    void push(T item) { items[next()] = item; }
    T sum() const { return std::accumulate(items, items + N, T{}); }

private:
    int next() { return at++ % N; }
};

struct shape {
    virtual ~shape() = default;
    virtual long area() const = 0;
};

struct square : shape {
    long side;
    explicit square(long s) : side(s) {}
    long area() const override { return times(side, side); }
    static long times(long a, long b) { return a * b; }
};

} // namespace

namespace outer::inner {

inline long squared(long v)
{
    struct local {
        static long times(long a, long b) { return a * b + 1; }
    };
    return local::times(v, v);
}

} // namespace outer::inner

__attribute__((noinline)) long sorted(std::vector<long> v)
{
    auto key = [&](long x) { return outer::inner::squared(x) % 97; };
    std::sort(v.begin(), v.end(), [&](long a, long b) { return key(a) < key(b); });
    return v.front();
}

__attribute__((noinline)) long thrown(long v)
{
    try {
        if (v > 3)
            throw outer::inner::squared(v);
        return v;
    } catch (long caught) {
        ring<long, 4> r;
        r.push(caught);
        return r.sum();
    }
}

int main(int argc, char **)
{
    ring<long, 8> numbers;
    std::map<std::string, long> counts;
    for (long i = 0; i < 20; i++) {
        numbers.push(outer::inner::squared(i));
        counts[std::to_string(i % 3)] += i;
    }
    std::vector<long> v;
    for (auto &[name, count] : counts)
        v.push_back(count + static_cast<long>(name.size()));
    shape *s = new square(argc);
    sink = numbers.sum() + sorted(v) + thrown(argc) + s->area();
    delete s;
    return 0;
}
