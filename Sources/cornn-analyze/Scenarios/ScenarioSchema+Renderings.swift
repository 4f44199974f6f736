import ArgumentParser

extension ScenarioSchema {
  /// The page about scenarios.
  var markdown: String {
    var text = """
      # Scenarios

      A scenario is an experiment as a YAML file: one question, asked in its first comment line. `cornn-analyze run x.yaml`
      runs it; `--dry-run` lists its points, `--resume` computes only what is missing, `--set key=value` replaces a setting.
      This page is printed by `cornn-analyze schema`; `schema.json` beside it is the same for editors (JSON Schema 2020-12).

      Unknown keys are refused, and every point's settings are checked before anything runs. Times are in the model's unit
      of time, lengths in steps, seeds from 0 on. Files are found from the scenario's own folder. A setting that isn't
      there has the command's default.

      ```yaml
      # Does the largest exponent rise with gamma?
      kind: [lyapunov, certify]      # they share checkpoint, gamma, …
      checkpoint: networks/chaotic.safetensors
      constantInput: 0
      seed: 1
      grid:
        gamma: {from: 0.5, to: 8, count: 5, spacing: logarithmic}
        damping: [implicit, explicit]
      repeats: 3                     # seeds 1, 2, 3
      lyapunov:                      # for this kind alone
        transient: 2000
      report: [lyapunov.exponents.0.value as largest exponent, certify.contraction.certified]
      ```

      ## Keys of every scenario

      | key | meaning |
      |---|---|

      """
    for (name, meaning) in Scenario.ownKeys { text += "| `\(name)` | \(meaning.cell) |\n" }
    text += """
      | a kind's name | Settings for that kind alone, where `kind` is a list. |

      Under `grid`, `draws` and `--set`, `parameter.rho` is the parameter rho, and `certify.lags` the lags of the kind certify.
      A point is known by a hash of its kind, its settings, and what is in the files that they name. The run directory has
      `scenario.yaml` (as it was run), `settings.json`, `machine.json` (versions, machine and times), `results.jsonl` (a line
      for each point: `point`, `kind`, `settings`, and `result` or `error`; `unmet` where `--strict` would object),
      `table.csv`, `sweep.json`, `sweep.md`, and plots. Points of the kinds train and forecast keep their files under `points/`.

      ## On a cluster

      `--backend slurm` submits the points as a job array of Slurm, waits, and submits again what died; `--status` and
      `--cancel` work from any shell, `--resume` waits again. Interrupted or killed, it leaves the job running. The run
      directory must be on a disk that the nodes share; `slurm/` in it keeps each submission and what its tasks said.
      Records are those of a local run to the byte where the nodes' processors run the same kernels
      (`CORNN_INSTRUCTION_SET=avx2` makes them). What stands under `slurm`:

      | key | value | meaning |
      |---|---|---|

      """
    for key in SlurmSettings.keys { text += "| `\(key.name)` | \(key.form.words.cell) | \(key.meaning.cell) |\n" }
    for (kind, keys) in kinds {
      text += "\n## \(kind.rawValue)\n\n\(kind.command.configuration.abstract)\n\n"
      if !kind.headlines.isEmpty {
        text += "Reported by default: " + kind.headlines.map { "`\($0)`" }.joined(separator: ", ") + ".\n\n"
      }
      text += "| key | value | meaning |\n|---|---|---|\n"
      for (key, range) in keys {
        let value = key.form.words + (range.map { ", \($0.text)" } ?? "")
        text += "| `\(key.name)` | \(value.cell) | \(key.meaning.cell) |\n"
      }
    }
    return text
  }

  /// The JSON Schema, for editors.
  var json: String {
    let names = JSONValue.array(ScenarioKind.allCases.map { .text($0.rawValue) })
    let kind = JSONValue.members([
      "description": .text(Self.meaning("kind")),
      "anyOf": .array([
        .members(["enum": names]),
        .members([
          "type": .text("array"), "items": .members(["enum": names]), "minItems": .number(1),
          "uniqueItems": .bool(true),
        ]),
      ]),
    ])
    let values = JSONValue.members([
      "anyOf": .array([
        .members(["type": .text("array"), "minItems": .number(1)]),
        .members([
          "type": .text("object"),
          "properties": .members([
            "from": .members(["type": .text("number")]), "to": .members(["type": .text("number")]),
            "count": .members(["type": .text("integer"), "minimum": .number(2)]),
            "spacing": .members(["enum": .array([.text("linear"), .text("logarithmic")])]),
          ]),
          "required": .array([.text("from"), .text("to"), .text("count")]), "additionalProperties": .bool(false),
        ]),
      ])
    ])
    let ends = JSONValue.members([
      "type": .text("array"), "items": .members(["type": .text("number")]), "minItems": .number(2),
      "maxItems": .number(2),
    ])
    let distribution = JSONValue.members([
      "type": .text("object"),
      "properties": .members([
        "uniform": ends, "logUniform": ends, "integer": ends,
        "choice": .members(["type": .text("array"), "minItems": .number(1)]),
      ]),
      "minProperties": .number(1), "maxProperties": .number(1), "additionalProperties": .bool(false),
    ])
    func described(_ name: String, _ members: [JSONValue.Member]) -> JSONValue.Member {
      .init(name: name, value: .object([.init(name: "description", value: .text(Self.meaning(name)))] + members))
    }
    func type(_ name: String) -> JSONValue.Member { .init(name: "type", value: .text(name)) }
    let own: [JSONValue.Member] = [
      .init(name: "kind", value: kind), described("extends", [type("string")]), described("folder", [type("string")]),
      described("short", [type("object"), .init(name: "minProperties", value: .number(1))]),
      described(
        "grid",
        [
          type("object"), .init(name: "minProperties", value: .number(1)),
          .init(name: "additionalProperties", value: values),
        ]),
      described(
        "draws",
        [
          type("object"),
          .init(
            name: "properties",
            value: .members([
              "count": .members(["type": .text("integer"), "minimum": .number(1)]),
              "seed": .members(["type": .text("integer"), "minimum": .number(0)]),
              "of": .members([
                "type": .text("object"), "minProperties": .number(1), "additionalProperties": distribution,
              ]),
            ])),
          .init(name: "required", value: .array([.text("count"), .text("seed"), .text("of")])),
          .init(name: "additionalProperties", value: .bool(false)),
        ]),
      described(
        "repeats",
        [
          .init(
            name: "anyOf",
            value: .array([
              .members(["type": .text("integer"), "minimum": .number(1)]),
              .members([
                "type": .text("object"),
                "properties": .members([
                  "count": .members(["type": .text("integer"), "minimum": .number(1)]),
                  "key": .members(["type": .text("string")]),
                ]), "required": .array([.text("count")]), "additionalProperties": .bool(false),
              ]),
            ]))
        ]),
      described(
        "slurm",
        [
          type("object"),
          .init(
            name: "properties",
            value: .object(SlurmSettings.keys.map { .init(name: $0.name, value: $0.schema(nil)) })),
          .init(name: "additionalProperties", value: .bool(false)),
        ]),
      described(
        "report",
        [type("array"), .init(name: "items", value: .members(["type": .text("string")]))]),
    ]
    let conditions = ScenarioKind.allCases.map { kind in
      JSONValue.members([
        "if": .members([
          "properties": .members([
            "kind": .members([
              "anyOf": .array([
                .members(["const": .text(kind.rawValue)]),
                .members(["type": .text("array"), "contains": .members(["const": .text(kind.rawValue)])]),
              ])
            ])
          ]), "required": .array([.text("kind")]),
        ]),
        "then": .members([
          "$ref": .text("#/$defs/\(kind.rawValue)"),
          "properties": .members([
            kind.rawValue: .members([
              "$ref": .text("#/$defs/\(kind.rawValue)"), "unevaluatedProperties": .bool(false),
            ])
          ]),
        ]),
      ])
    }
    // What extends another may have its kind from there: then any key may be right.
    let inherited = JSONValue.members([
      "if": .members(["required": .array([.text("kind")])]), "else": .members(["additionalProperties": .bool(true)]),
    ])
    let schema = JSONValue.object([
      .init(name: "$schema", value: .text("https://json-schema.org/draft/2020-12/schema")),
      .init(name: "title", value: .text("A scenario of cornn-analyze")),
      type("object"),
      .init(name: "properties", value: .object(own)),
      .init(name: "anyOf", value: .array(["kind", "extends"].map { .members(["required": .array([.text($0)])]) })),
      .init(name: "allOf", value: .array(conditions + [inherited])),
      .init(name: "unevaluatedProperties", value: .bool(false)),
      .init(
        name: "$defs",
        value: .object(
          kinds.map { kind, keys in
            .init(
              name: kind.rawValue,
              value: .members([
                "properties": .object(
                  keys.map { key, range in .init(name: key.name, value: key.schema(range)) })
              ]))
          })),
    ])
    return schema.lines() + "\n"
  }

  private static func meaning(_ name: String) -> String {
    Scenario.ownKeys.first { $0.name == name }?.meaning ?? ""
  }
}

extension ScenarioKey {
  /// The key's value as JSON Schema has it.
  fileprivate func schema(_ range: KeyRange?) -> JSONValue {
    func type(_ name: String) -> JSONValue { .members(["type": .text(name)]) }
    let number = JSONValue.object([.init(name: "type", value: .text("number"))] + (range?.schema ?? []))
    let scalar = JSONValue.members(["type": .array([.text("string"), .text("number")])])
    let members: [JSONValue.Member] =
      switch form {
      case .text: [.init(name: "type", value: .array([.text("string"), .text("number")]))]
      case .word(let words): [.init(name: "enum", value: .array(words.map { .text($0) }))]
      case .number: [.init(name: "type", value: .text("number"))] + (range?.schema ?? [])
      case .wholeNumber: [.init(name: "type", value: .text("integer"))] + (range?.schema ?? [])
      case .path: [.init(name: "type", value: .text("string"))]
      case .numbers:
        [
          .init(
            name: "anyOf",
            value: .array([
              number, .members(["type": .text("array"), "items": number, "minItems": .number(1)]), type("string"),
            ]))
        ]
      case .list:
        [
          .init(
            name: "anyOf",
            value: .array([scalar, .members(["type": .text("array"), "items": scalar, "minItems": .number(1)])]))
        ]
      case .pairs:
        [
          .init(
            name: "anyOf",
            value: .array([
              .members(["type": .text("object"), "additionalProperties": type("number"), "minProperties": .number(1)]),
              .members(["type": .text("array"), "items": type("string"), "minItems": .number(1)]), type("string"),
            ]))
        ]
      case .flag, .choice: [.init(name: "type", value: .text("boolean"))]
      }
    return .object([.init(name: "description", value: .text(meaning))] + members)
  }
}

extension String {
  /// Text in a cell of a Markdown table.
  fileprivate var cell: String {
    var text = ""
    for character in self {
      if "|<>*_".contains(character) { text.append("\\") }
      text.append(character)
    }
    return text
  }
}
