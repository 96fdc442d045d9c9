#include "docx/parts.hpp"

#include <fmt/format.h>

namespace zhijia::exchange {

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

constexpr std::string_view content_types =
    R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>
<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>)";

constexpr std::string_view package_links =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>)";

constexpr std::string_view word_namespaces =
    R"(xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships")";

constexpr std::string_view numbering =
    R"(<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="640" w:hanging="320"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>)";

/// — 1 — in the middle, as official documents number their pages.
constexpr std::string_view footer =
    R"(<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t xml:space="preserve">— </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p>)";

/// A4 (210 × 297 mm) with 37 mm above, 28 mm left, 26 mm right and 35 mm below, in twentieths of a point.
constexpr std::string_view section =
    R"(<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1400" w:gutter="0"/></w:sectPr>)";

/// Characters that XML cannot hold are dropped.
std::string xml(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n')
      safe += c;
  }
  return safe;
}

std::string plain(const Paragraph& paragraph) {
  std::string text;
  for (const Run& run : paragraph.runs) text += run.text;
  return text;
}

std::string fonts(std::string_view latin, std::string_view chinese) {
  return fmt::format("<w:rFonts w:ascii=\"{0}\" w:hAnsi=\"{0}\" w:cs=\"{0}\" w:eastAsia=\"{1}\"/>", latin, chinese);
}

/// Sizes are in half points: 44 is 二号, 32 is 三号.
std::string styles(Document::Language language) {
  const bool chinese = language == Document::Language::zh;
  const auto style = [](std::string_view id, std::string_view name, std::string_view paragraph, std::string_view run) {
    return fmt::format(
        "<w:style w:type=\"paragraph\" w:styleId=\"{}\"><w:name w:val=\"{}\"/><w:basedOn w:val=\"Normal\"/>"
        "<w:next w:val=\"Normal\"/><w:qFormat/><w:pPr>{}</w:pPr><w:rPr>{}</w:rPr></w:style>",
        id, name, paragraph, run);
  };
  const std::string_view latin = "Times New Roman";
  return fmt::format(
             "<w:docDefaults><w:rPrDefault><w:rPr>{}<w:sz w:val=\"{}\"/><w:lang w:val=\"en-US\" "
             "w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line=\"560\" "
             "w:lineRule=\"exact\"/></w:pPr></w:pPrDefault></w:docDefaults>",
             fonts(latin, "仿宋"), chinese ? 32 : 26) +
         "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/>"
         "</w:style>" +
         style("Title", "Title",
               "<w:keepNext/><w:spacing w:before=\"0\" w:after=\"560\" w:line=\"640\" w:lineRule=\"exact\"/><w:jc "
               "w:val=\"center\"/><w:outlineLvl w:val=\"0\"/>",
               fonts(latin, "宋体") + "<w:b/><w:sz w:val=\"44\"/>") +
         style("Heading1", "heading 1", "<w:keepNext/><w:spacing w:before=\"280\"/><w:outlineLvl w:val=\"1\"/>",
               fonts(latin, "黑体") + (chinese ? "" : "<w:b/>") +
                   fmt::format("<w:sz w:val=\"{}\"/>", chinese ? 32 : 28)) +
         style("BodyText", "Body Text",
               chinese ? "<w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:jc w:val=\"both\"/>" : "", "") +
         style("ListBullet", "List Bullet", "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>", "") +
         "<w:style w:type=\"character\" w:styleId=\"Hyperlink\"><w:name w:val=\"Hyperlink\"/><w:rPr><w:color "
         "w:val=\"A3001B\"/><w:u w:val=\"single\"/></w:rPr></w:style>";
}

std::string_view style_of(Paragraph::Kind kind) {
  switch (kind) {
    case Paragraph::Kind::title:
      return "Title";
    case Paragraph::Kind::heading:
      return "Heading1";
    case Paragraph::Kind::item:
      return "ListBullet";
    case Paragraph::Kind::text:
      break;
  }
  return "BodyText";
}

std::string element(std::string_view name, std::string_view content) {
  return fmt::format("{0}<w:{1} {2}>{3}</w:{1}>", declaration, name, word_namespaces, content);
}

/// The text, and the addresses that it links to, each a relationship of the document.
struct Body {
  std::string text;
  std::string links;
};

Body body_of(const Document& document) {
  Body body;
  int last_link = 3;  // the first three are styles, numbering and footer
  for (const Paragraph& paragraph : document.paragraphs) {
    body.text += fmt::format("<w:p><w:pPr><w:pStyle w:val=\"{}\"/></w:pPr>", style_of(paragraph.kind));
    for (const Run& run : paragraph.runs) {
      const std::string text = fmt::format("<w:t xml:space=\"preserve\">{}</w:t>", xml(run.text));
      if (run.link.empty()) {
        body.text += "<w:r>" + text + "</w:r>";
        continue;
      }
      body.text += fmt::format(
          "<w:hyperlink r:id=\"rId{}\"><w:r><w:rPr><w:rStyle w:val=\"Hyperlink\"/></w:rPr>{}</w:r></w:hyperlink>",
          ++last_link, text);
      body.links += fmt::format(
          "<Relationship Id=\"rId{}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
          "hyperlink\" Target=\"{}\" TargetMode=\"External\"/>\n",
          last_link, xml(run.link));
    }
    body.text += "</w:p>\n";
  }
  return body;
}

std::string document_links(const std::string& links) {
  std::string xml(declaration);
  xml += "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n";
  int number = 0;
  for (const std::string_view part : {"styles", "numbering", "footer"})
    xml += fmt::format(
        "<Relationship Id=\"rId{0}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{1}\" "
        "Target=\"{1}{2}.xml\"/>\n",
        ++number, part, part == "footer" ? "1" : "");
  return xml + links + "</Relationships>";
}

std::string core_properties(const Document& document) {
  std::string title;
  for (const Paragraph& paragraph : document.paragraphs)
    if (title.empty() && paragraph.kind == Paragraph::Kind::title) title = plain(paragraph);
  // W3CDTF, without the milliseconds that some readers stumble over.
  const std::string made = to_string(document.made_at).substr(0, 19) + "Z";
  return std::string(declaration) +
         fmt::format(
             "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
             "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" "
             "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>Zhijia "
             "职家</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">{}</dcterms:created></cp:coreProperties>",
             xml(title), made);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> docx_parts(const Document& document) {
  const Body body = body_of(document);
  return {{"[Content_Types].xml", std::string(declaration) + std::string(content_types)},
          {"_rels/.rels", std::string(declaration) + std::string(package_links)},
          {"docProps/core.xml", core_properties(document)},
          {"word/document.xml", element("document", fmt::format("<w:body>\n{}{}</w:body>", body.text, section))},
          {"word/_rels/document.xml.rels", document_links(body.links)},
          {"word/styles.xml", element("styles", styles(document.language))},
          {"word/numbering.xml", element("numbering", numbering)},
          {"word/footer1.xml", element("ftr", footer)}};
}

}  // namespace zhijia::exchange
