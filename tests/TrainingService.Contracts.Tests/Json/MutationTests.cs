using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Json;

public sealed class MutationTests
{
    private const int Rounds = 2_000;

    [Theory, InlineData(false), InlineData(true)]
    public void A_damaged_job_is_either_accepted_or_refused_at_a_place_in_it(bool graph)
    {
        var whole = Samples.Element(graph ? Samples.Graph() : Samples.MnistCnn());
        var (accepted, refused) = (0, 0);
        for (var seed = 0; seed < Rounds; seed++)
        {
            var mutations = new Mutations(seed);
            var text = mutations.Damage(whole);
            // Every third document is damaged twice, so that checks also meet parts that could not be read.
            if (seed % 3 == 0)
                text = mutations.Damage(Samples.Raw(text));
            var json = Samples.Raw(text);
            var submission = JobSubmission.TryRead(json, Samples.Datasets, out var violations);
            if (submission is not null)
            {
                Assert.Empty(violations);
                AssertResolvesToItself(submission.Spec);
                accepted++;
                continue;
            }
            Assert.True(violations.Count > 0, $"seed {seed}: refused without a violation: {text}");
            foreach (var violation in violations)
                Assert.True(IsInOrBelow(json, violation.Pointer), $"seed {seed}: {violation} points nowhere in {text}");
            refused++;
        }
        Assert.True(accepted > Rounds / 20, $"only {accepted} of {Rounds} were accepted: the damage never leaves a job whole");
        Assert.True(refused > Rounds / 2, $"only {refused} of {Rounds} were refused: the damage does none");
    }

    private static void AssertResolvesToItself(JobSpec spec)
    {
        var text = JsonSerializer.Serialize(spec, ContractsJson.Options);
        var again = JobSubmission.TryRead(Samples.Raw(text), Samples.Datasets, out var violations);
        Assert.Empty(violations);
        Assert.Equal(text, JsonSerializer.Serialize(again!.Spec, ContractsJson.Options));
    }

    private static bool IsInOrBelow(JsonElement json, string pointer)
    {
        var segments = pointer.Split('/')[1..];
        for (var index = 0; index < segments.Length; index++)
        {
            var name = segments[index].Replace("~1", "/").Replace("~0", "~");
            if (json.ValueKind == JsonValueKind.Array && int.TryParse(name, out var item) && item < json.GetArrayLength())
                json = json[item];
            else if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member))
                json = member;
            else
                // A missing field is a child of the object it is missing from.
                return index == segments.Length - 1;
        }
        return true;
    }
}
