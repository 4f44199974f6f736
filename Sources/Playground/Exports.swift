// What the page calls: numbers in, numbers out, so that no memory is shared. An instance of the module holds one
// network and its run.

nonisolated(unsafe) private var network = Network(units: 1, inputs: 1)
nonisolated(unsafe) private var input: [Double] = []
nonisolated(unsafe) private var startPosition: [Double] = []
nonisolated(unsafe) private var startVelocity: [Double] = []
nonisolated(unsafe) private var run = MapRun(position: [], velocity: [])
nonisolated(unsafe) private var flow = FlowRun(position: [], velocity: [])
nonisolated(unsafe) private var ladder = EnergyLadder(
  Network(units: 0, inputs: 0), position: [], velocity: [])
nonisolated(unsafe) private var equilibria: Equilibria?
nonisolated(unsafe) private var eigenvalues: Eigenvalues?

// MARK: The network

/// A network of this shape, all weights 0.
@_expose(wasm, "configure")
@_cdecl("configure")
public func configure(_ units: Int32, _ inputs: Int32) {
  network = Network(units: Int(units), inputs: Int(inputs))
  input = [Double](repeating: 0, count: Int(inputs))
  startPosition = [Double](repeating: 0, count: Int(units))
  startVelocity = startPosition
  start()
}

/// dt, whether damping is implicit, and the activation's number.
@_expose(wasm, "setKind")
@_cdecl("setKind")
public func setKind(_ timeStep: Double, _ isImplicit: Int32, _ activation: Int32) {
  network.timeStep = timeStep
  network.isImplicit = isImplicit != 0
  network.activation = Network.Activation(rawValue: activation) ?? .tanh
}

/// gamma, epsilon, bias and the start of a unit.
@_expose(wasm, "setUnit")
@_cdecl("setUnit")
public func setUnit(
  _ unit: Int32, _ gamma: Double, _ epsilon: Double, _ bias: Double, _ position: Double, _ velocity: Double
) {
  let i = Int(unit)
  network.gamma[i] = gamma
  network.epsilon[i] = epsilon
  network.bias[i] = bias
  startPosition[i] = position
  startVelocity[i] = velocity
}

/// W and Z between two units.
@_expose(wasm, "setCoupling")
@_cdecl("setCoupling")
public func setCoupling(_ to: Int32, _ from: Int32, _ position: Double, _ velocity: Double) {
  let place = Int(to) * network.units + Int(from)
  network.positionWeights[place] = position
  network.velocityWeights[place] = velocity
}

/// V from a channel to a unit.
@_expose(wasm, "setInputWeight")
@_cdecl("setInputWeight")
public func setInputWeight(_ unit: Int32, _ channel: Int32, _ weight: Double) {
  network.inputWeights[Int(unit) * network.inputs + Int(channel)] = weight
}

/// The input of the next steps on a channel.
@_expose(wasm, "setInput")
@_cdecl("setInput")
public func setInput(_ channel: Int32, _ value: Double) { input[Int(channel)] = value }

// MARK: The run

/// Back to the start.
@_expose(wasm, "start")
@_cdecl("start")
public func start() {
  run = MapRun(position: startPosition, velocity: startVelocity)
  flow = FlowRun(position: startPosition, velocity: startVelocity)
  ladder = EnergyLadder(network, position: startPosition, velocity: startVelocity)
}

/// One step of the map, and the ODE over the same time in `substeps` parts.
@_expose(wasm, "step")
@_cdecl("step")
public func step(_ substeps: Int32) {
  run.advance(network, input: input)
  flow.advance(network, input: input, substeps: Int(substeps))
  ladder.enter(network, run, flow)
}

/// The ODE alone over the time of one step, in `substeps` parts: beside a run in other parts it tells the integrator's
/// error.
@_expose(wasm, "stepFlow")
@_cdecl("stepFlow")
public func stepFlow(_ substeps: Int32) { flow.advance(network, input: input, substeps: Int(substeps)) }

/// One step of the map alone, with its energy.
@_expose(wasm, "stepMap")
@_cdecl("stepMap")
public func stepMap() {
  run.advance(network, input: input)
  ladder.enter(network, run, flow)
}

@_expose(wasm, "position")
@_cdecl("position")
public func position(_ unit: Int32) -> Double { run.position[Int(unit)] }

@_expose(wasm, "velocity")
@_cdecl("velocity")
public func velocity(_ unit: Int32) -> Double { run.velocity[Int(unit)] }

@_expose(wasm, "flowPosition")
@_cdecl("flowPosition")
public func flowPosition(_ unit: Int32) -> Double { flow.position[Int(unit)] }

@_expose(wasm, "flowVelocity")
@_cdecl("flowVelocity")
public func flowVelocity(_ unit: Int32) -> Double { flow.velocity[Int(unit)] }

// MARK: Energy

@_expose(wasm, "mapEnergy")
@_cdecl("mapEnergy")
public func mapEnergy() -> Double { ladder.map.energy }

@_expose(wasm, "flowEnergy")
@_cdecl("flowEnergy")
public func flowEnergy() -> Double { ladder.flow.energy }

/// What F.1+ bounds, the sum of `gamma·y² + (1 − epsilon·dt)·z²`.
@_expose(wasm, "weightedEnergy")
@_cdecl("weightedEnergy")
public func weightedEnergy() -> Double { ladder.map.stiff + ladder.map.weightedKinetic }

@_expose(wasm, "identityResidual")
@_cdecl("identityResidual")
public func identityResidual() -> Double { ladder.identityResidual }

@_expose(wasm, "rungApplies")
@_cdecl("rungApplies")
public func rungApplies(_ rung: Int32) -> Int32 { ladder.rungs[Int(rung)].applies ? 1 : 0 }

@_expose(wasm, "rungBound")
@_cdecl("rungBound")
public func rungBound(_ rung: Int32) -> Double { ladder.rungs[Int(rung)].bound }

@_expose(wasm, "rungTightness")
@_cdecl("rungTightness")
public func rungTightness(_ rung: Int32) -> Double { ladder.rungs[Int(rung)].tightness }

@_expose(wasm, "rungHolds")
@_cdecl("rungHolds")
public func rungHolds(_ rung: Int32) -> Int32 { ladder.rungs[Int(rung)].holds ? 1 : 0 }

@_expose(wasm, "rungIsRigorous")
@_cdecl("rungIsRigorous")
public func rungIsRigorous(_ rung: Int32) -> Int32 { ladder.rungs[Int(rung)].isRigorous ? 1 : 0 }

// MARK: Fixed points

/// Looks for fixed points under the input that is set; how many there are.
@_expose(wasm, "findFixedPoints")
@_cdecl("findFixedPoints")
public func findFixedPoints() -> Int32 {
  let found = Equilibria(network, input: input)
  equilibria = found
  return Int32(found.points.count)
}

@_expose(wasm, "fixedPointsAreComplete")
@_cdecl("fixedPointsAreComplete")
public func fixedPointsAreComplete() -> Int32 { equilibria?.isComplete == true ? 1 : 0 }

@_expose(wasm, "fixedPoint")
@_cdecl("fixedPoint")
public func fixedPoint(_ point: Int32, _ unit: Int32) -> Double {
  equilibria?.points[Int(point)].position[Int(unit)] ?? .nan
}

@_expose(wasm, "fixedPointResidual")
@_cdecl("fixedPointResidual")
public func fixedPointResidual(_ point: Int32) -> Double { equilibria?.points[Int(point)].residual ?? .nan }

/// The eigenvalues of a system's Jacobian (0 the flow, 1 the explicit, 2 the implicit map) at a fixed point; how many
/// were found.
@_expose(wasm, "findEigenvalues")
@_cdecl("findEigenvalues")
public func findEigenvalues(_ point: Int32, _ system: Int32) -> Int32 {
  guard let found = equilibria, let system = MovingSystem(rawValue: system) else { return 0 }
  let jacobian = network.jacobian(system, position: found.points[Int(point)].position, input: input)
  let all = Eigenvalues(of: jacobian, size: 2 * network.units)
  eigenvalues = all
  return Int32(all.values.count)
}

@_expose(wasm, "eigenvalueReal")
@_cdecl("eigenvalueReal")
public func eigenvalueReal(_ number: Int32) -> Double { eigenvalues?.values[Int(number)].re ?? .nan }

@_expose(wasm, "eigenvalueImaginary")
@_cdecl("eigenvalueImaginary")
public func eigenvalueImaginary(_ number: Int32) -> Double { eigenvalues?.values[Int(number)].im ?? .nan }

/// The time step from which on the linear part of a unit's map isn't stable.
@_expose(wasm, "stabilityLimit")
@_cdecl("stabilityLimit")
public func stabilityLimit(_ unit: Int32, _ isImplicit: Int32) -> Double {
  network.stabilityLimit(ofUnit: Int(unit), isImplicit: isImplicit != 0)
}
