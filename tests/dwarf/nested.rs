// nested.rs: what rustc inlines: closures, iterators, methods of traits, functions in functions.
// Compiled by inline.test.sh in many ways.
use std::collections::HashMap;

mod shapes {
    pub trait Shape {
        fn area(&self) -> u64;
        #[inline(always)]
        fn twice(&self) -> u64 {
            self.area() * 2
        }
    }
    pub struct Square(pub u64);
    impl Shape for Square {
        #[inline(always)]
        fn area(&self) -> u64 {
            #[inline(always)]
            fn squared(v: u64) -> u64 {
                v.wrapping_mul(v)
            }
            squared(self.0)
        }
    }
}
use shapes::{Shape, Square};

#[inline(never)]
fn summed(items: &[u64]) -> u64 {
    items.iter().filter(|v| *v % 3 != 0).map(|v| Square(*v).twice()).sum()
}

#[inline(never)]
fn counted(text: &str) -> usize {
    let mut counts: HashMap<char, usize> = HashMap::new();
    for c in text.chars() {
        *counts.entry(c).or_insert(0) += 1;
    }
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    sorted[0].1
}

fn main() {
    let items: Vec<u64> = std::env::args().map(|a| a.len() as u64).chain(0..50).collect();
    println!("{} {}", summed(&items), counted("some text or other"));
}
