import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addHostPorts(to router: Router<ManagementContext>) {
    router.get("\(APIPath.hostPorts)") { _, _ in
      let ports = try await calls { $0.hostPorts() }
      return Answer.json(Listing(items: ports.map(HostPortDocument.init)))
    }
    router.put("\(APIPath.hostPorts)/:port") { request, context in
      let requester = try context.signedIn()
      let text = try context.segment("port")
      let body = try await Answer.decode(HostPortChangeRequest.self, from: request)
      let port = try await calls { (array) throws(DiskArrayError) in
        try Self.change(array, try RequestValue.port(text), body, by: requester)
      }
      return Answer.json(HostPortDocument(port))
    }
  }

  private static func change(
    _ array: DiskArray, _ port: HostPortNumber, _ body: HostPortChangeRequest,
    by requester: Requester
  ) throws(DiskArrayError) -> HostPortFacts {
    switch (body.address, body.name) {
    case (let address?, nil):
      return try array.setPort(
        port, portal: try RequestValue.portal(address, tcpPort: body.tcpPort), by: requester)
    case (nil, let name?):
      return try array.namePort(port, try RequestValue.portName(name), by: requester)
    case (nil, nil), (.some, .some):
      throw DiskArrayError(
        .invalidRequest, .requestNotUnderstood,
        ["reason": .text("a change of a port has an address or a name")])
    }
  }
}
