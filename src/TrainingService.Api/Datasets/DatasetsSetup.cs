namespace TrainingService.Api.Datasets;

internal static class DatasetsSetup
{
    public static void AddDatasets(this IServiceCollection services) => services.AddScoped<DatasetReader>().AddScoped<DatasetIntake>();
}
