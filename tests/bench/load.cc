// load.cc: work for the bench that is to be unwound and full of inlined frames: a recursion over
// maps, strings and sorted vectors. Usage: load SECONDS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace load
{

template <class T> struct Node {
    T value;
    std::unique_ptr<Node> left, right;
};

template <class T> std::unique_ptr<Node<T>> grow(std::mt19937 &random, int depth)
{
    auto node = std::make_unique<Node<T>>();
    node->value = T(random());
    if (depth) {
        node->left = grow<T>(random, depth - 1);
        node->right = grow<T>(random, depth - 1);
    }
    return node;
}

template <class T> T fold(const Node<T> *node)
{
    return node ? node->value ^ (fold(node->left.get()) + 31 * fold(node->right.get())) : T(7);
}

inline size_t words(std::mt19937 &random)
{
    std::map<std::string, size_t> counts;
    for (int i = 0; i < 4000; i++)
        counts["w" + std::to_string(random() % 900)] += i;
    size_t sum = 0;
    for (auto &count : counts)
        sum += count.second;
    return sum;
}

inline unsigned sorted(std::mt19937 &random)
{
    std::vector<unsigned> values(20000);
    std::generate(values.begin(), values.end(), std::ref(random));
    std::sort(values.begin(), values.end(),
              [](unsigned a, unsigned b) { return (a ^ 5) < (b ^ 5); });
    return values[77];
}

size_t level(std::mt19937 &random, int depth)
{
    return depth ? level(random, depth - 1) + words(random) + sorted(random)
                 : fold(grow<unsigned long>(random, 12).get());
}

} // namespace load

int main(int, char **arguments)
{
    std::mt19937 random(1);
    size_t sum = 0;
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(std::stoi(arguments[1]));
    while (std::chrono::steady_clock::now() < end)
        sum += load::level(random, 24);
    std::printf("%zu\n", sum);
}
