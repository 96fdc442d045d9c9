#include "parts.hpp"

namespace zhijia::dmn {

namespace {

constexpr std::size_t not_found = static_cast<std::size_t>(-1);

/// One file of the model: itself or an import.
struct Definitions {
  std::unique_ptr<pugi::xml_document> document;
  pugi::xml_node root;
  std::string name_space;
  std::string file;
  std::map<std::string, std::string> imports;  ///< namespace to the name given to it here
  std::unique_ptr<ItemTypes> types;
};

class Loader {
 public:
  Loader(const ImportLoader& imports, std::string_view file) : imports_(imports), file_(file) {}

  Result<std::shared_ptr<const Parts>> load(std::string_view xml) {
    if (auto read = read_file(xml, file_); !read) return std::unexpected(read.error());
    parts_->name = attribute(files_.front().root, "name");
    parts_->name_space = files_.front().name_space;
    for (std::size_t at = 0; at < files_.size(); ++at) list_elements(at);
    if (parts_->elements.size() > elements_max) {
      return fail("dmn.too_large", "模型的元素过多，请拆分模型", "The model has too many elements; split it",
                  in_file(file_));
    }
    compiled_.assign(parts_->elements.size(), Progress::no);
    for (std::size_t at = 0; at < parts_->elements.size(); ++at) compile(at);
    return parts_;
  }

 private:
  enum class Progress : std::uint8_t { no, begun, done };
  struct Source {
    pugi::xml_node node;
    std::size_t file;
  };

  /// The place of the file among files_. Imports come before it is used, so that their types are known.
  Result<std::size_t> read_file(std::string_view xml, const std::string& file) {
    auto document = std::make_unique<pugi::xml_document>();
    const auto read = read_model(xml, pugi::parse_default | pugi::parse_ws_pcdata, file, *document);
    if (!read) return std::unexpected(read.error());
    const auto root = *read;
    const auto at = files_.size();
    files_.push_back({std::move(document), root, std::string(attribute(root, "namespace")), file, {}, nullptr});
    auto types = std::make_unique<ItemTypes>(root, file, parts_->warnings);
    for (auto node : children(root, "import")) {
      if (attribute(node, "importType").find("/DMN/") == std::string_view::npos) continue;
      const auto imported = import_file(node, file);
      if (!imported) return std::unexpected(imported.error());
      const std::string name(attribute(node, "name"));
      files_[at].imports[files_[*imported].name_space] = name;
      if (files_[*imported].types) types->import(name, *files_[*imported].types);
    }
    types->resolve_all();
    files_[at].types = std::move(types);
    return at;
  }

  Result<std::size_t> import_file(pugi::xml_node node, const std::string& file) {
    const std::string name_space(attribute(node, "namespace"));
    for (std::size_t at = 0; at < files_.size(); ++at)
      if (files_[at].name_space == name_space) return at;
    if (!imports_ || files_.size() == models_max) {
      return fail("dmn.import", "找不到引用的模型 " + name_space + "，请一并提供",
                  "The imported model " + name_space + " is not there; provide it too", in_file(file));
    }
    auto text = imports_(name_space, attribute(node, "locationURI"));
    if (!text) return std::unexpected(text.error());
    return read_file(*text, name_space);
  }

  void list_elements(std::size_t file) {
    for (auto node : files_[file].root.children()) {
      const auto kind = local(node);
      Element element;
      if (kind == "inputData") {
        element.kind = ElementKind::input_data;
      } else if (kind == "decision") {
        element.kind = ElementKind::decision;
      } else if (kind == "businessKnowledgeModel") {
        element.kind = ElementKind::knowledge_model;
      } else if (kind == "decisionService") {
        element.kind = ElementKind::service;
      } else {
        continue;
      }
      const auto variable = child(node, "variable");
      element.name = attribute(variable ? variable : node, "name");
      if (element.name.empty()) element.name = attribute(node, "name");
      element.name_space = files_[file].name_space;
      element.id = attribute(node, "id");
      element.label = attribute(node, "label");
      element.type = files_[file].types->find(reference(variable, "typeRef"));
      by_id_.emplace(element.name_space + "#" + element.id, parts_->elements.size());
      parts_->elements.push_back(std::move(element));
      sources_.push_back({node, file});
    }
  }

  std::size_t find(std::string_view href, std::size_t file) const {
    const auto hash = href.find('#');
    const auto name_space =
        hash == std::string_view::npos || hash == 0 ? std::string_view(files_[file].name_space) : href.substr(0, hash);
    const auto id = hash == std::string_view::npos ? href : href.substr(hash + 1);
    const auto found = by_id_.find(std::string(name_space) + "#" + std::string(id));
    return found == by_id_.end() ? not_found : found->second;
  }

  void compile(std::size_t at) {
    if (compiled_[at] != Progress::no) return;
    compiled_[at] = Progress::begun;
    const auto [node, file] = sources_[at];
    BoxCompiler compiler(*files_[file].types, files_[file].file, parts_->warnings);
    compiler.element = parts_->elements[at].name;
    if (parts_->elements[at].kind == ElementKind::service) {
      compile_service(at, compiler);
    } else if (parts_->elements[at].kind != ElementKind::input_data) {
      compile_logic(at, compiler);
    }
    compiled_[at] = Progress::done;
  }

  void compile_logic(std::size_t at, BoxCompiler& compiler) {
    const auto [node, file] = sources_[at];
    auto& element = parts_->elements[at];
    feel::Scope scope = files_[file].types->scope();
    require(at, node, scope, compiler);
    if (element.kind == ElementKind::knowledge_model) {
      // A knowledge model may call itself.
      element.requirements.push_back({at, scope.declare(element.name), {}});
      element.logic = compiler.function_body(child(node, "encapsulatedLogic"), scope, element.parameters);
      if (element.type->type.is(feel::Type::Kind::function))
        element.type = std::make_shared<ItemType>(ItemType{.type = element.type->type.result()});
    } else {
      element.logic = compiler.child_of(node, scope);
    }
    element.slots = scope.size();
    if (element.logic && !element.logic->type.can_become(element.type->type))
      compiler.warn_clash("", element.logic->type, element.type->type);
  }

  /// Declares what the element's requirements name; those of an import are fields of a context of its name.
  void require(std::size_t at, pugi::xml_node node, feel::Scope& scope, BoxCompiler& compiler) {
    std::map<std::string, feel::Type::Fields> imported;
    const auto file = sources_[at].file;
    std::vector<std::pair<std::size_t, std::string>> members;
    for (auto requirement : node.children()) {
      const auto kind = local(requirement);
      if (kind != "informationRequirement" && kind != "knowledgeRequirement") continue;
      for (auto target : requirement.children()) {
        if (!target.attribute("href")) continue;
        const auto found = find(attribute(target, "href"), file);
        if (found == not_found) {
          compiler.warn("dmn.unknown_requirement", "所需的元素 " + std::string(attribute(target, "href")) + " 不存在",
                        "The required element " + std::string(attribute(target, "href")) + " does not exist");
          continue;
        }
        if (compiled_[found] == Progress::begun) {
          compiler.warn(
              "dmn.cycle", "“" + parts_->elements[found].name + "”与本项互相依赖，应去掉其中一个依赖",
              "\"" + parts_->elements[found].name + "\" and this depend on each other; remove one requirement");
          continue;
        }
        compile(found);
        const auto& other = parts_->elements[found];
        const auto import = files_[file].imports.find(other.name_space);
        const bool own = other.name_space == files_[file].name_space || import == files_[file].imports.end();
        if (own || import->second.empty()) {
          parts_->elements[at].requirements.push_back({found, scope.declare(other.name, type_of(other)), {}});
        } else {
          imported[import->second].emplace_back(other.name, type_of(other));
          members.emplace_back(found, import->second);
        }
      }
    }
    for (auto& [name, fields] : imported) scope.declare(name, feel::Type::context(std::move(fields)));
    for (const auto& [element, name] : members)
      parts_->elements[at].requirements.push_back({element, *scope.find(name), parts_->elements[element].name});
  }

  feel::Type type_of(const Element& element) const {
    if (element.kind == ElementKind::service) return service_type(element);
    if (element.kind == ElementKind::knowledge_model) {
      std::vector<feel::Type> types;
      std::vector<std::string> names;
      for (const auto& parameter : element.parameters) {
        types.push_back(parameter.type->type);
        names.push_back(parameter.name);
      }
      auto result = element.type->type;
      if (result.is(feel::Type::Kind::any) && element.logic) result = element.logic->type;
      return feel::Type::function(std::move(types), result, std::move(names));
    }
    if (element.type->type.is(feel::Type::Kind::any) && element.logic) return element.logic->type;
    return element.type->type;
  }

  feel::Type service_type(const Element& service) const {
    std::vector<feel::Type> types;
    std::vector<std::string> names;
    for (const auto input : service.inputs) {
      types.push_back(type_of(parts_->elements[input]));
      names.push_back(parts_->elements[input].name);
    }
    if (service.outputs.size() == 1) {
      return feel::Type::function(std::move(types), type_of(parts_->elements[service.outputs.front()]),
                                  std::move(names));
    }
    feel::Type::Fields fields;
    for (const auto output : service.outputs)
      fields.emplace_back(parts_->elements[output].name, type_of(parts_->elements[output]));
    return feel::Type::function(std::move(types), feel::Type::context(std::move(fields)), std::move(names));
  }

  void compile_service(std::size_t at, BoxCompiler& compiler) {
    const auto [node, file] = sources_[at];
    const auto add = [&](const char* kind, std::vector<std::size_t> Element::* list) {
      for (auto target : children(node, kind)) {
        const auto found = find(attribute(target, "href"), file);
        if (found == not_found) {
          compiler.warn("dmn.unknown_requirement", "决策服务引用的元素不存在",
                        "The decision service names an element that does not exist");
          continue;
        }
        compile(found);
        (parts_->elements[at].*list).push_back(found);
      }
    };
    // DMN 1.5, 10.4: a service's parameters are its input data, then its input decisions.
    add("inputData", &Element::inputs);
    add("inputDecision", &Element::inputs);
    add("outputDecision", &Element::outputs);
    auto& service = parts_->elements[at];
    if (service.type->type.is(feel::Type::Kind::function))
      service.type = std::make_shared<ItemType>(ItemType{.type = service.type->type.result()});
  }

  const ImportLoader& imports_;
  std::string file_;
  std::vector<Definitions> files_;
  std::shared_ptr<Parts> parts_ = std::make_shared<Parts>();
  std::vector<Source> sources_;  ///< beside parts_->elements
  std::vector<Progress> compiled_;
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace

Result<Model> load(std::string_view xml, const ImportLoader& imports, std::string_view file) {
  auto parts = Loader(imports, file).load(xml);
  if (!parts) return std::unexpected(std::move(parts.error()));
  return Model(std::move(*parts));
}

}  // namespace zhijia::dmn
