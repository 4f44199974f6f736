import CoRNNReport
import FoundationEssentials

/// The teaching page, put together from its parts: one file that asks for nothing from anywhere.
enum PlaygroundPage {
  /// The page with what was found of the trained network on it.
  static func text(replay: PlaygroundReplay) -> String {
    let script = [
      PackageResources.playground_engine_js, PackageResources.playground_plot_js,
      PackageResources.playground_settings_js, PackageResources.playground_views_js,
      PackageResources.playground_replay_js, PackageResources.playground_page_js,
    ]
    let parts = [
      ("/*{style}*/", string(PackageResources.playground_css)),
      ("/*{script}*/", script.map(string).joined(separator: "\n")),
      ("<!--{wasm}-->", Data(PackageResources.playground_wasm).base64EncodedString()),
      ("<!--{network}-->", string(PackageResources.playground_network_json)),
      ("<!--{replay}-->", jsonText(schema: "cornn-analyze/playground/1", replay)),
    ]
    return parts.reduce(string(PackageResources.playground_html)) { page, part in
      let pieces = page.split(separator: part.0, omittingEmptySubsequences: false)
      precondition(pieces.count == 2, "\(part.0) stands \(pieces.count - 1) times in the page")
      // Within a script's text nothing may end it early; JSON reads <\/ as </.
      return pieces[0] + part.1.replacing("</", with: part.0.hasPrefix("<!--") ? "<\\/" : "</") + pieces[1]
    }
  }

  private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
