using System.Net;
using TrainingService.Chaos.Tests.Load;

namespace TrainingService.Chaos.Tests.Faults;

/// <summary>What users do meanwhile: every verb on jobs in whatever state they are. Any answer is right that says what was done or why not.</summary>
internal static class Verbs
{
    private static readonly HttpStatusCode[] Expected =
    [
        HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.ServiceUnavailable,
    ];

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("V01", "somebody cancels a job", 1, scene => AskAsync(scene, HttpMethod.Post, "/cancel")),
        new("V02", "somebody pauses a job", 2, scene => AskAsync(scene, HttpMethod.Post, "/pause")),
        new("V03", "somebody resumes a job", 2, scene => AskAsync(scene, HttpMethod.Post, "/resume")),
        new("V04", "somebody deletes a job", 1, scene => AskAsync(scene, HttpMethod.Delete, "")),
    ];

    private static async Task AskAsync(FaultScene scene, HttpMethod method, string verb)
    {
        // Mostly one that is young enough to be under way.
        var jobs = scene.Ledger.Entries.Where(entry => entry.Outcome == Outcome.Acknowledged).TakeLast(6).ToList();
        if (jobs.Count == 0)
            return;
        var job = scene.Pick(jobs).JobId!.Value;
        using var request = new HttpRequestMessage(method, $"v1/jobs/{job}{verb}");
        try
        {
            using var answer = await scene.Service.Http.SendAsync(request, scene.Ct);
            scene.Say($"job {job}: {(int)answer.StatusCode}");
            if (!Expected.Contains(answer.StatusCode))
                throw new InvalidOperationException($"{method} {request.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(scene.Ct)}");
        }
        catch (HttpRequestException broken)
        {
            scene.Say($"job {job}: no answer ({broken.HttpRequestError})");
        }
    }
}
