import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addLicences(to router: Router<ManagementContext>) {
    router.get("\(APIPath.licences)") { _, _ in
      let licences = try await calls { $0.licences() }
      return Answer.json(Listing(items: licences.map(LicenceDocument.init)))
    }
    router.post("\(APIPath.licences)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(LicenceRequest.self, from: request)
      let licences = try await calls { (array) throws(DiskArrayError) in
        try array.releaseLicence(key: body.key, by: requester)
      }
      return Answer.json(Listing(items: licences.map(LicenceDocument.init)))
    }
  }
}
