/// A run of the ODE `y' = z, z' = sigma(W y + Z z + V u + b) − gamma·y − epsilon·z`, its input held over each step of
/// the map: classic Runge–Kutta steps of fourth order.
struct FlowRun {
  private(set) var position: [Double]
  private(set) var velocity: [Double]
  // Scratch: a stage's state and rates, and the weighted sum of the rates so far.
  private var stagePosition: [Double]
  private var stageVelocity: [Double]
  private var rate: [Double]
  private var positionSum: [Double]
  private var velocitySum: [Double]

  init(position: [Double], velocity: [Double]) {
    self.position = position
    self.velocity = velocity
    stagePosition = position
    stageVelocity = velocity
    rate = position
    positionSum = position
    velocitySum = position
  }

  /// One step of the map's length, in `substeps` equal parts.
  mutating func advance(_ network: Network, input: [Double], substeps: Int) {
    let h = network.timeStep / Double(substeps)
    for _ in 0..<substeps {
      for i in 0..<network.units {
        stagePosition[i] = position[i]
        stageVelocity[i] = velocity[i]
        positionSum[i] = 0
        velocitySum[i] = 0
      }
      for stage in 0..<4 {
        for i in 0..<network.units {
          rate[i] =
            network.force(on: i, position: stagePosition, velocity: stageVelocity, input: input)
            - network.gamma[i] * stagePosition[i] - network.epsilon[i] * stageVelocity[i]
        }
        let weight = stage == 0 || stage == 3 ? 1.0 / 6 : 1.0 / 3
        let reach = stage == 2 ? h : h / 2
        for i in 0..<network.units {
          let slope = stageVelocity[i]
          positionSum[i] += weight * slope
          velocitySum[i] += weight * rate[i]
          stagePosition[i] = position[i] + reach * slope
          stageVelocity[i] = velocity[i] + reach * rate[i]
        }
      }
      for i in 0..<network.units {
        position[i] += h * positionSum[i]
        velocity[i] += h * velocitySum[i]
      }
    }
  }

  /// `gamma·y² + z²` of a unit.
  func energy(_ network: Network, unit i: Int) -> Double {
    network.gamma[i] * position[i] * position[i] + velocity[i] * velocity[i]
  }
}
