//! Times dsntk on the cases of ../cases.tsv: each expression is parsed and prepared once, then evaluated many times.
use dsntk_feel::FeelScope;

/// Nanoseconds that this thread has been on a CPU (Linux).
fn cpu_nanos() -> u64 {
  let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has schedstat");
  stat.split_whitespace().next().and_then(|n| n.parse().ok()).expect("schedstat begins with a number")
}

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
      let start = cpu_nanos();
      let mut count = 0u64;
      while cpu_nanos() - start < 100_000_000 {
        for _ in 0..2000 {
          std::hint::black_box(evaluator(&scope));
        }
        count += 2000;
      }
      best = best.min((cpu_nanos() - start) as f64 / count as f64);
    }
    println!("{name}\t{best:.1}\t{result}");
  }
}
