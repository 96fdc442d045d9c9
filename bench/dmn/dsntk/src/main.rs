//! Decides the first households of a file with dsntk, one by one. Arguments: model, folder of the data, households.
use dsntk_feel::context::FeelContext;
use dsntk_feel::values::Value;
use dsntk_feel::{FeelNumber, Name};

const NUMBERS: [&str; 9] = [
  "Members", "Disposable Income", "Idle Members", "Medical Cost", "Schooling Cost", "Care Cost", "Work Cost",
  "Accident Cost", "Employed Months",
];
const TRUTHS: [&str; 4] = ["On Subsistence", "Disaster", "Union Member", "Migrant Worker"];
const FACTS: [&str; 6] = [
  "costly schooling", "second home", "needless car", "business owner", "concealed income", "refused survey",
];
const REASONS: [&str; 7] = [
  "out_of_scope", "excluded", "subsistence", "below_line",
  "below_multiple", "sudden_need", "above_limit",
];

/// Nanoseconds that this thread has been on a CPU (Linux).
fn cpu_nanos() -> u64 {
  let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has schedstat");
  stat.split_whitespace().next().and_then(|n| n.parse().ok()).expect("schedstat begins with a number")
}

fn name(text: &str) -> Name {
  Name::from(text.split(' ').collect::<Vec<&str>>())
}

fn main() {
  let arguments: Vec<String> = std::env::args().collect();
  let model = std::fs::read_to_string(&arguments[1]).expect("the model can be read");
  let count: usize = arguments[3].parse().expect("a number of households");
  let width = NUMBERS.len() + TRUTHS.len() + FACTS.len();
  let bytes = std::fs::read(format!("{}/households.bin", arguments[2])).expect("the households can be read");
  let data: Vec<i64> =
    bytes.chunks_exact(8).take(count * width).map(|b| i64::from_le_bytes(b.try_into().expect("8 bytes"))).collect();
  let rows = std::fs::read(format!("{}/rows.bin", arguments[2])).expect("our rows can be read");

  let definitions = dsntk_model::parse(&model).expect("dsntk reads the model");
  let evaluator = dsntk_model_evaluator::ModelEvaluator::new(&[definitions]).expect("dsntk compiles the model");
  let numbers = NUMBERS.map(name);
  let truths = TRUTHS.map(name);
  let facts = FACTS.map(name);
  let exclusion = name("Exclusion Facts");
  let reason = Name::from("reason");
  let parameters: Vec<(Name, Value)> = [
    ("Subsistence Line", 712, 0), ("Relative Multiple", 2, 0), ("Accident Share", 8, 1), ("Minimum Wage", 1950, 0),
    ("Schooling Limit", 12000, 0), ("Employed Months Min", 12, 0),
  ]
  .map(|(text, n, scale)| (name(text), Value::Number(FeelNumber::new(n, scale))))
  .to_vec();

  let mut best = f64::MAX;
  let mut differences = 0;
  for _ in 0..3 {
    differences = 0;
    let start = cpu_nanos();
    for at in 0..count {
      let case = &data[at * width..(at + 1) * width];
      let mut input = FeelContext::default();
      for (i, name) in numbers.iter().enumerate() {
        let scale = if [0, 2, 8].contains(&i) { 0 } else { 2 };
        input.set_entry(name, Value::Number(FeelNumber::new(case[i], scale)));
      }
      for (i, name) in truths.iter().enumerate() {
        input.set_entry(name, Value::Boolean(case[NUMBERS.len() + i] != 0));
      }
      let mut found = FeelContext::default();
      for (i, name) in facts.iter().enumerate() {
        found.set_entry(name, Value::Boolean(case[NUMBERS.len() + TRUTHS.len() + i] != 0));
      }
      input.set_entry(&exclusion, Value::Context(found));
      for (name, value) in &parameters {
        input.set_entry(name, value.clone());
      }
      let row = match evaluator.evaluate_invocable("urn:zhijia:relief:difficulty", "difficulty", "Difficulty", &input) {
        Value::Context(result) => match result.get_entry(&reason) {
          Some(Value::String(text)) => REASONS.iter().position(|known| known == text).map_or(0, |place| place + 1),
          _ => 0,
        },
        _ => 0,
      };
      if row != rows[at] as usize {
        differences += 1;
      }
    }
    best = best.min((cpu_nanos() - start) as f64 / count as f64);
  }
  println!("dsntk\t{best}\t{count}\t{differences}");
}
