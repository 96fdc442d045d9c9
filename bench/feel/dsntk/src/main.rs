//! Times dsntk on the cases of ../cases.tsv: each expression is parsed and prepared once, then evaluated many times.
use dsntk_feel::FeelScope;
use std::time::{Duration, Instant};

fn main() {
  let path = std::env::args().nth(1).expect("usage: dsntk-peer CASES");
  let cases = std::fs::read_to_string(path).expect("the cases can be read");
  for line in cases.lines() {
    let fields: Vec<&str> = line.split('\t').collect();
    let (name, context, text) = (fields[0], fields[1], fields[2]);
    let scope: FeelScope = dsntk_feel_evaluator::evaluate_context(&FeelScope::default(), context).expect(name).into();
    let node = dsntk_feel_parser::parse_expression(&scope, text, false).expect(name);
    let evaluator = dsntk_feel_evaluator::prepare(&node);
    let result = evaluator(&scope);
    let mut best = f64::MAX;
    for _ in 0..5 {
      let start = Instant::now();
      let mut count = 0u64;
      while start.elapsed() < Duration::from_millis(100) {
        for _ in 0..100 {
          std::hint::black_box(evaluator(&scope));
        }
        count += 100;
      }
      best = best.min(start.elapsed().as_nanos() as f64 / count as f64);
    }
    println!("{name}\t{best:.1}\t{result}");
  }
}
