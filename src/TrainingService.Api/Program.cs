using TrainingService.Api;
using TrainingService.Api.Artifacts;
using TrainingService.Api.Dashboard;
using TrainingService.Api.Datasets;
using TrainingService.Api.Events;
using TrainingService.Api.Health;
using TrainingService.Api.Jobs;
using TrainingService.Api.OpenApi;
using TrainingService.Api.Problems;
using TrainingService.Api.StandAlone;
using TrainingService.Api.Workers;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Extensions;
using TrainingService.Domain.Storage;

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var standAlone = StandAloneOptions.Read(builder.Configuration);
    SpecExtensions.Load(ExtensionOptions.Read(builder.Configuration).Specs);
    await using var home = await ServiceHome.OpenAsync(builder.Configuration, standAlone);

    builder.ConfigureServer();
    builder.Services.AddTrainingDomain(builder.Configuration);
    builder.Services.AddDatabasePatience();
    builder.Services.AddProblems();
    builder.Services.AddJobs();
    builder.Services.AddDatasets();
    builder.Services.AddEvents();
    builder.Services.AddApiDescription();
    builder.Services.AddWorkerProcess(standAlone);
    builder.Services.ConfigureHttpJsonOptions(json => ContractsJson.Configure(json.SerializerOptions));

    await using var app = builder.Build();
    app.UseProblems();
    app.UseDashboardPages();
    app.UseRouting();
    app.UseApiDescription();

    app.MapJobs();
    app.MapJobVerbs();
    app.MapJobCopies();
    app.MapJobRuns();
    app.MapMetrics();
    app.MapEvents();
    app.MapLogs();
    app.MapArtifacts();
    app.MapDatasets();
    app.MapNewDatasets();
    app.MapDatasetVerbs();
    app.MapDatasetPreview();
    app.MapDatasetEvents();
    app.MapUploads();
    app.MapWorkers();
    app.MapHealth();
    app.MapStaticAssets();

    await app.RunAsync();
    return 0;
}
catch (Exception exception)
{
    return StartUpErrors.Report(exception);
}
