using TrainingService.Conformance;
using TrainingService.Conformance.Kinds;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Conformance;

[Collection(TrainingCollection.Name)]
public class ConformanceTests
{
    private static readonly Dictionary<string, ConformanceCase> ById = CaseFiles.Read(CaseFiles.Folder).ToDictionary(given => given.Id);

    public static TheoryData<string> Cases =>
        new(ById.Values.Where(given => KindTable.Covered.Contains(given.Kind) && !Exceptions.Reasons.ContainsKey(given.Id)).Select(given => given.Id));

    [Theory, MemberData(nameof(Cases))]
    public void The_engine_computes_what_Keras_computes(string id) => KindTable.Check(ById[id]);

    [Fact]
    public void Every_excepted_case_still_differs()
    {
        foreach (var id in Exceptions.Reasons.Keys)
            Assert.ThrowsAny<Exception>(() => KindTable.Check(ById[id]));
    }
}
