// load.rs: as load.cc, in Rust: closures, iterators, formatting, hashing, sorting. Usage: load-rs SECONDS
use std::collections::HashMap;
use std::time::{Duration, Instant};

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn most<'a>(words: impl Iterator<Item = &'a str>) -> usize {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1);
    counts.values().max().copied().unwrap_or(0)
}

fn round(state: &mut u64, depth: u32) -> usize {
    if depth > 0 {
        return round(state, depth - 1) + 1;
    }
    let text: String = (0..20000)
        .map(|_| format!("{:x} ", random(state) % 977))
        .collect();
    let mut values: Vec<u64> = (0..20000).map(|_| random(state)).collect();
    values.sort_by_key(|value| value.rotate_left(9));
    most(text.split(' ')) + (values[3] & 7) as usize
}

fn main() {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut state = 88172645463325252;
    let mut sum = 0;
    while Instant::now() < end {
        sum += round(&mut state, 20);
    }
    println!("{sum}");
}
