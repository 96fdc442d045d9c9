#pragma once

#include "box.hpp"
#include "columns/vector.hpp"

namespace zhijia::dmn::columns {

/// One step of a plan: makes a column out of others, chunk after chunk.
class Op {
 public:
  Op() = default;
  virtual ~Op() = default;
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;

  /// Works out the cases [begin, begin + n) of the batch, at most a chunk, into places [0, n).
  virtual void run(std::size_t begin, std::size_t n) = 0;
  const Vector& vector() const { return *shown_; }
  /// To mend what the step could not do.
  Vector& own() { return own_; }

  /// A constant step has run for one case: the others have what that one has.
  virtual void repeat() { own_.repeat(); }

  bool is_constant = false;  ///< the same for every case: run once

 protected:
  void show(const Vector& other) { shown_ = &other; }
  void show_own() { shown_ = &own_; }
  Vector own_;

 private:
  const Vector* shown_ = &own_;
};

/// A value in a plan: a column, or a context of columns.
struct Term {
  Op* op = nullptr;
  std::shared_ptr<const feel::Keys> keys = {};
  std::vector<Term> parts = {};  ///< one a key

  explicit operator bool() const { return op != nullptr || keys != nullptr; }
  bool is_constant() const;
  feel::Value get(std::size_t at) const;
  void columns(std::vector<const Op*>& all) const;  ///< adds those that it stands on
};
using Terms = std::vector<Term>;

/// What steps that evaluate case by case share on one thread.
struct Scalar {
  explicit Scalar(const Options& options) : activity{.options = options} {}
  Activity activity;
  std::vector<Step> steps;
  std::uint64_t calls_warned = 0;       ///< of one step, from which the case is evaluated anew as a whole
  std::vector<std::size_t> heavy = {};  ///< such cases of the chunk, by their place
};

/// The matched rows of the tables that one decision looks at, one list a table.
using MatchedRows = std::vector<std::vector<std::uint32_t>>;

/// A step that looks at tables: for each case the place of what it matched in a dictionary.
class RowsOp : public Op {
 public:
  void repeat() override {
    own_.repeat();
    row_codes.repeat();
  }

  Integers row_codes{0};
  std::vector<MatchedRows> row_lists;
};

}  // namespace zhijia::dmn::columns
