using TrainingService.Conformance;
using TrainingService.Conformance.Kinds;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Oracle;

/// <summary>Layers with an exact counterpart in PyTorch give its numbers; make_oracle.py wrote them.</summary>
[Collection(TrainingCollection.Name)]
public sealed class OracleTests
{
    private static readonly Dictionary<string, ConformanceCase> ById =
        CaseFiles.Read(Path.Combine(AppContext.BaseDirectory, "Oracle")).ToDictionary(given => given.Id);

    public static TheoryData<string> Cases => new(ById.Keys);

    [Theory, MemberData(nameof(Cases))]
    public void A_layer_computes_what_PyTorch_computes(string id) => KindTable.Check(ById[id]);
}
