using Microsoft.OpenApi;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Api.OpenApi;

/// <summary>The API's description at <c>/swagger</c>.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSingleton<Examples>();
        services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "TrainingService",
                Version = "v1",
                Description = "Post a job: this Keras model, this data, compile it so, fit it so. The service checks it at once, trains it on a worker, "
                    + "streams every epoch and leaves a model to download. Live curves are on the [dashboard](/); live events come over SignalR at `/hubs/training`.",
            });
            swagger.SupportNonNullableReferenceTypes();
            swagger.UseAllOfToExtendReferenceSchemas();
            swagger.IncludeXmlComments(typeof(JobSpec).Assembly);
            swagger.IncludeXmlComments(typeof(ApiDescription).Assembly);
            swagger.MapType<Shape>(SpecSchemas.OfShape);
            swagger.MapType<NormAxes>(SpecSchemas.OfAxes);
            swagger.MapType<Frequency>(WireFormSchemas.OfFrequency);
            swagger.MapType<EpochFrequency>(WireFormSchemas.OfEpochFrequency);
            swagger.MapType<EpochSchedule>(WireFormSchemas.OfEpochSchedule);
            swagger.MapType<ColumnNames>(WireFormSchemas.OfColumnNames);
            swagger.MapType<ColumnChoice>(WireFormSchemas.OfColumnChoice);
            swagger.MapType<ClassWeightSpec>(WireFormSchemas.OfClassWeight);
            swagger.MapType<Stream>(() => new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" });
            swagger.SchemaFilter<SpecSchemas>();
            swagger.OperationFilter<ExampleFilter>();
            swagger.OperationFilter<CommonAnswers>();
        });
    }

    public static void UseApiDescription(this IApplicationBuilder app)
    {
        app.UseSwagger();
        app.UseSwaggerUI(ui =>
        {
            ui.SwaggerEndpoint("/swagger/v1/swagger.json", "TrainingService v1");
            ui.DocumentTitle = "TrainingService";
            ui.DisplayRequestDuration();
            ui.EnableTryItOutByDefault();
        });
    }
}
