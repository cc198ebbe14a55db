extension StepSettings {
    /// The name of a file that a step makes.
    func outputName(_ name: String, default fallback: String) throws(StepSettingProblem) -> String {
        let text = try self.string(name, default: fallback)
        guard StepFile(name: text, path: "", contentType: "").hasProperName else {
            let got = text.visible(upTo: 80)
            throw self.problem(name, "takes up to four parts of letters, digits, '.', '_' and '-', with '/' between; got '\(got)'")
        }
        return text
    }
}
