import CoRNNReport
import Testing

@Suite struct DocumentTests {
  static let document = Document(
    title: "Title",
    [
      .heading("Part"), .paragraph("a < b * c"), .facts([.init("name", "1"), .init("n", "2, 3")]),
      .table(.init("T", columns: ["x", "long column"], rows: [["1", "2"], ["a \"q\"", "b|c"]])),
      .list(["one", "two"]), .figure(name: "energy", caption: "What it shows"),
    ])

  @Test func text() {
    #expect(
      Self.document.text == """
        Title
        =====

        Part
        ----

        a < b * c

          name  1
          n     2, 3

        T
          x      long column
          -----  -----------
          1      2
          a "q"  b|c

          - one
          - two

        """)
  }

  @Test func markdown() {
    #expect(
      Self.document.markdown == #"""
        # Title

        ## Part

        a \< b \* c

        |  |  |
        |---|---|
        | name | 1 |
        | n | 2, 3 |

        **T**

        | x | long column |
        |---|---|
        | 1 | 2 |
        | a "q" | b\|c |

        - one
        - two

        ![What it shows](energy.png)

        """#)
  }

  @Test func csv() {
    #expect(
      Self.document.csv == #"""
        name,value
        name,1
        n,"2, 3"

        x,long column
        1,2
        "a ""q""",b|c

        """#)
  }

  @Test func plotsAreDataAndScript() {
    let plot = Plot(
      name: "p", title: "it's", xLabel: "time", yLabel: "y", logarithmic: true, x: [0.5, 1],
      curves: [.init("a", [1, .infinity]), .init("b", [2.385, 3], dashed: true)])
    #expect(plot.data == "# \"time\" \"a\" \"b\"\n0.5 1.0 2.385\n1.0 NaN 3.0\n")
    #expect(plot.script.contains("set title 'it''s' noenhanced") && plot.script.contains("set logscale y"))
    for ending in ["svg", "png", "pdf"] { #expect(plot.script.contains("set output 'p.\(ending)'")) }
  }
}
