import CoRNNCheckpoints
import CoRNNKernels
import CoRNNLearning
import CoRNNModel
import CoRNNReport

extension Diagnostic {
  /// The message for a file that can't be used.
  init(_ error: CheckpointError) {
    let (code, message, hint) = error.problem.wording
    self.init(code, "\(error.path): \(message)", hint: hint)
  }

  /// The message for a file that isn't a network.
  init(_ failure: StoredNetwork.Failure) {
    switch failure {
    case .file(let error): self.init(error)
    case .constant(let missing): self.init(missing)
    case .network(let invalid, let path): self.init(invalid, path: path)
    }
  }

  /// The message for a constant that isn't there.
  init(_ missing: MissingConstant) {
    let values = missing.key == "damping" ? "implicit|explicit" : missing.key == "dt" ? "X" : "X|FILE"
    self.init(
      .usage,
      "\(missing.checkpoint): no value for \(missing.key) in the file"
        + (missing.sidecarExists ? " or in \(missing.sidecar)" : ""),
      hint: "give --\(missing.key) \(values), or put \"\(missing.key)\" into \(missing.sidecar)"
        + (missing.key == "damping" ? "; published training code runs explicit damping" : ""))
  }

  /// The message for a network that doesn't forecast what it sees.
  init(_ problem: GivenNetwork.Problem, path: String) {
    switch problem {
    case .outputs(let outputs, let inputs):
      self.init(
        .data, "\(path) has \(outputs == 0 ? "no readout" : "\(outputs) outputs") and \(inputs) inputs",
        hint: "a network forecasts where it reads out as many numbers as it sees")
    case .tokens: self.init(.data, "\(path): its inputs are tokens", hint: "Lorenz-96 is forecast from numbers")
    case .activation(let activation):
      self.init(.data, "\(path): its activation is \(activation.rawValue); forecasts are made with tanh")
    case .invalid(let invalid): self.init(invalid, path: path)
    }
  }

  /// The message for numbers that aren't a network.
  init(_ invalid: InvalidNetwork, path: String) {
    switch invalid {
    case .shape(let name, let found, let expected):
      self.init(.data, "\(path): \(name) has \(found.shapeText) values where the weights need \(expected.shapeText)")
    case .notFinite(let name, let index, let value):
      self.init(.data, "\(path): \(name) is \(value) at index \(index); every number must be finite")
    case .outOfRange(let name, let unit, let value, let requirement):
      self.init(
        .data, "\(path): \(name) is \(value)" + (unit.map { " in unit \($0)" } ?? "") + "; it must be \(requirement)")
    case .empty: self.init(.data, "\(path): there are no hidden units")
    }
  }
}

extension CheckpointError.Problem {
  fileprivate var wording: (Diagnostic.Code, String, String?) {
    switch self {
    case .notFound: (.noInput, "no such file", nil)
    case .isDirectory: (.noInput, "it is a folder, not a file", nil)
    case .unreadable(let reason): (.io, "can't be read: \(reason)", nil)
    case .unwritable(let reason): (.io, "can't be written: \(reason)", "choose another place with --output")
    case .unknownFormat(let start):
      (
        .data, "not a format that is read (it begins with \(start))",
        "PyTorch .pt or .pth (zip), .safetensors, .npz, and the project's own .json are read"
      )
    case .truncated(let part, let needed, let available):
      (.data, "\(part) is cut short: it needs \(needed) bytes, there are \(available)", "copy or save the file anew")
    case .malformed(let part, let reason): (.data, "\(part) is broken: \(reason)", "copy or save the file anew")
    case .legacyPyTorch:
      (
        .data, "a PyTorch file in the format from before version 1.6",
        "save it anew in Python: torch.save(torch.load(\"old.pt\"), \"new.pt\")"
      )
    case .torchScript:
      (
        .data, "a TorchScript program, not saved weights",
        "save the weights in Python: torch.save(torch.jit.load(\"model.pt\").state_dict(), \"weights.pt\")"
      )
    case .foreignGlobal(let name):
      (
        .data, "its pickle asks for the Python object \(name), which weights don't need; nothing was run",
        "save only the weights in Python: torch.save(model.state_dict(), \"weights.pt\")"
      )
    case .foreignInstruction(let opcode, let offset):
      (
        .data, "its pickle uses instruction 0x\(String(opcode, radix: 16)) at byte \(offset), which weights don't need",
        "save only the weights in Python: torch.save(model.state_dict(), \"weights.pt\")"
      )
    case .unsupportedType(let tensor, let type):
      (.data, "\(tensor) has type \(type), which isn't read", "save it as float64, float32, float16 or bfloat16")
    case .tooLarge(let part, let bytes, let limit):
      (
        .data, "\(part) would take \(bytesText(bytes)), more than the limit of \(bytesText(limit))",
        "raise the limit with --memory if the file is to be trusted"
      )
    case .notFinite(let tensor, let index, let value):
      (
        .data, "\(tensor) is \(value) at index \(index); every number must be finite",
        "did the training or the run that made it diverge?"
      )
    case .noTensor(let name, let available):
      (
        .data,
        name.isEmpty ? "it holds several arrays, and none says which to take" : "no tensor or array called \(name)",
        "there are: " + available.joined(separator: ", ")
      )
    case .shape(let tensor, let found, let expected):
      (.data, "\(tensor) has shape (\(found.map(String.init).joined(separator: ", "))), not \(expected)", nil)
    case .unknownLayout(let tensors):
      (
        .data, "no known layout has tensors " + tensors.joined(separator: ", "),
        "say which is which: --map W=name,Z=name,V=name,b=name"
      )
    case .layoutMismatch(let layout, let missing):
      (
        .data, "layout \(layout) needs \(missing), which isn't there",
        "choose another --layout, or name the tensors with --map"
      )
    case .ambiguousLayer(let available):
      (
        .data, "there are several layers",
        "choose one with --layer: " + available.joined(separator: ", ")
      )
    case .noLayer(let asked, let available):
      (
        .data, "there is no layer \(asked)",
        available.isEmpty
          ? "this layout has no layers: leave --layer out" : "there are: " + available.joined(separator: ", ")
      )
    case .badConstant(let key, let found, let expected):
      (.data, "\(key) is \(found) where \(expected) is expected", nil)
    }
  }
}

extension [Int] {
  fileprivate var shapeText: String { count == 1 ? "\(self[0])" : map(String.init).joined(separator: "×") }
}
