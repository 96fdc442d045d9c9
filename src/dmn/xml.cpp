#include "xml.hpp"

#include "dmn/dmn.hpp"

namespace zhijia::dmn {

namespace {

/// pugixml reads without recursion but frees and walks with it.
bool too_deep(pugi::xml_node root) {
  struct Walker final : pugi::xml_tree_walker {
    bool for_each(pugi::xml_node&) override { return static_cast<std::size_t>(depth()) < xml_depth_max; }
  } walker;
  return !root.traverse(walker);
}

}  // namespace

Result<pugi::xml_node> read_model(std::string_view xml, unsigned options, const std::string& file,
                                  pugi::xml_document& document) {
  if (xml.size() > model_bytes_max)
    return fail("dmn.too_large", "模型文件过大（上限 16 MiB）", "The model is too large (16 MiB at most)",
                in_file(file));
  const auto parsed = document.load_buffer(xml.data(), xml.size(), options);
  if (!parsed)
    return fail(
        "dmn.xml", "不是格式正确的 XML：第 " + std::to_string(parsed.offset) + " 字节处有误",
        "Not well-formed XML: fault at byte " + std::to_string(parsed.offset) + " (" + parsed.description() + ")",
        in_file(file));
  const auto root = document.document_element();
  if (local(root) != "definitions" || too_deep(root))
    return fail("dmn.not_a_model", "不是 DMN 模型：根元素应为 definitions，且嵌套不得过深",
                "Not a DMN model: the root element must be definitions, nested no deeper than models are",
                in_file(file));
  return root;
}

}  // namespace zhijia::dmn
